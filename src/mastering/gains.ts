/** One gain per speaker, each measured only where that speaker dominates. Pure. */
import { energyOf, gatedLoudness, windowEnergy, type GatedLoudness } from './loudness.ts';

/** A window counts for a speaker when they stand this far above everybody else: less would measure bleed. */
const DOMINANCE_DB = 6;
/** On the finished mix a speaker counts only where the others leave no trace (0.1 LU). */
const ALONE_DB = 16;
/** Gains change who dominates; three rounds settle it (docs/decisions/0004). */
const ROUNDS = 3;

export interface GainLimits {
  targetLufs: number;
  minGainDb: number;
  maxGainDb: number;
}

export interface SpeakerLevel {
  /** Null when the speaker never dominates: bleed and noise are not raised. */
  measured: GatedLoudness | null;
  gainDb: number;
}

export const linear = (db: number): number => 10 ** (db / 20);
export const decibels = (amplitude: number): number => 20 * Math.log10(amplitude);

/** `tracks` are energies by block of 100 ms, all of one length. */
export function speakerLevels(tracks: readonly Float32Array[], limits: GainLimits): SpeakerLevel[] {
  let levels: SpeakerLevel[] = tracks.map(() => ({ measured: null, gainDb: 0 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const gains = levels.map(({ gainDb }) => gainDb);
    levels = tracks.map((blocks, index) => {
      const measured = gatedLoudness(blocks, standsAbove(tracks, gains, index, DOMINANCE_DB));
      if (measured === null) return { measured, gainDb: 0 };
      const wanted = limits.targetLufs - measured.lufs;
      return { measured, gainDb: Math.min(limits.maxGainDb, Math.max(limits.minGainDb, wanted)) };
    });
  }
  return levels;
}

/** Tells of a window whether a track, after gains, stands `marginDb` above each other one. */
function standsAbove(
  tracks: readonly Float32Array[],
  gainsDb: readonly number[],
  index: number,
  marginDb: number,
) {
  const powers = gainsDb.map((gainDb) => linear(gainDb) ** 2);
  const margin = linear(marginDb) ** 2;
  return (first: number): boolean => {
    const own = windowEnergy(tracks[index]!, first) * powers[index]!;
    return tracks.every(
      (blocks, other) => other === index || own > margin * powers[other]! * windowEnergy(blocks, first),
    );
  };
}

/** What the sum of the tracks will measure: different people's voices are not correlated, so their energies add. */
export function expectedLoudness(
  tracks: readonly Float32Array[],
  levels: readonly SpeakerLevel[],
): GatedLoudness | null {
  const sum = new Float32Array(tracks[0]?.length ?? 0);
  for (const [index, blocks] of tracks.entries()) {
    const power = linear(levels[index]!.gainDb) ** 2;
    for (let block = 0; block < sum.length; block += 1) sum[block]! += blocks[block]! * power;
  }
  return gatedLoudness(sum);
}

/** Each speaker's loudness in the finished mix, where they speak alone; null when they never do. */
export function loudnessInMix(
  mix: Float32Array,
  tracks: readonly Float32Array[],
  levels: readonly SpeakerLevel[],
): (GatedLoudness | null)[] {
  const gains = levels.map(({ gainDb }) => gainDb);
  return tracks.map((blocks, index) => {
    const { measured } = levels[index]!;
    if (measured === null) return null;
    const alone = standsAbove(tracks, gains, index, ALONE_DB);
    // The gate of the raw measurement, so that pauses filled by another's noise do not count here either.
    const gate = energyOf(measured.lufs - 10);
    return gatedLoudness(mix, (first) => windowEnergy(blocks, first) > gate && alone(first));
  });
}

/** Largest minus smallest, in LU; null below two figures. */
export function spreadLu(loudness: readonly (GatedLoudness | null)[]): number | null {
  const figures = loudness.flatMap((each) => (each === null ? [] : [each.lufs]));
  return figures.length < 2 ? null : Math.max(...figures) - Math.min(...figures);
}
