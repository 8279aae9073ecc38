/** The masters of a render: one for each ceiling that a rendition asks for. */
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { soloInMaster, type Arrangement } from './edits/arrangement.ts';
import { envelopesOf, type Leveling } from './leveling.ts';
import { linear, loudnessInMix, spreadLu, type SpeakerLevel } from './gains.ts';
import type { GatedLoudness } from './loudness.ts';
import type { PlacedSound } from './furniture/clips.ts';
import { writeMix, type Mix } from './mix.ts';
import type { GainedTrack } from './mixer.ts';
import type { Preset } from './preset.ts';
import type { MixedTrack } from './tracks.ts';

/** A master further off than this is mixed again; what is left is mended by a gain before the encoder. */
const TOLERANCE_LU = 0.5;
/** Speakers further apart than this are leveled again. */
const SPREAD_LU = 0.4;
/** What is added to a speaker comes out as less, because the limiter takes its part of that, too. */
const LIMITER_SHARE = 1.35;
/** The limiter takes most from the peaky voices; more than this would be a fault of the measurement. */
const MAX_REFINEMENT_DB = 3;
const MAX_MIXES = 3;

export interface Master extends Mix {
  /** On the tracks, after their gains. */
  trimDb: number;
  /** With the gains that were used. */
  levels: readonly SpeakerLevel[];
  /** Each speaker where they speak alone; null when they never do. */
  inMix: readonly (GatedLoudness | null)[];
}

export interface MastersOrder {
  tracks: readonly MixedTrack[];
  sounds: readonly PlacedSound[];
  channels: 1 | 2;
  /** Of the master; null for no target. */
  targetLufs: number | null;
  leveling: Leveling;
  arrangement: Arrangement;
  limiter: Preset['limiter'];
  gateDepthDb: number;
  scratchFolder: string;
  breathe: (doneSamples: number) => Promise<void>;
}

/** Answers the master limited to a ceiling; whoever asks gives up what they asked for before. */
export type Masters = (ceilingDbtp: number, asker?: string) => Promise<Master>;

/**
 * A master that nobody asks for any more goes before another one is made: there are never more of them on the disk than
 * askers. Asked for again, it is made again, and is the same.
 */
export function createMasters(order: MastersOrder): Masters {
  /** By their files: ceilings that differ by less than these tell are one. */
  const made = new Map<string, Promise<Master>>();
  const wanted = new Map<string, string>();
  const makeRoom = async () => {
    const unwanted = [...made].filter(([file]) => ![...wanted.values()].includes(file));
    for (const [file] of unwanted) made.delete(file);
    for (const [file, master] of unwanted) {
      await master.catch(() => undefined);
      await unlink(path.join(order.scratchFolder, file)).catch(() => undefined);
    }
  };
  return (ceilingDbtp, asker = '') => {
    const file = `master${ceilingDbtp.toFixed(2)}.f32`;
    wanted.set(asker, file);
    const known = made.get(file);
    if (known !== undefined) return known;
    const rawPath = path.join(order.scratchFolder, file);
    const master = makeRoom().then(() => mixToTarget(order, Number(ceilingDbtp.toFixed(2)), rawPath));
    made.set(file, master);
    return master;
  };
}

/**
 * The limiter takes loudness along with the peaks, and from some voices more than from others: the mix is measured, and
 * made again with what is missing, as a whole and for each speaker.
 */
async function mixToTarget(order: MastersOrder, ceilingDbtp: number, rawPath: string): Promise<Master> {
  const { tracks, leveling, arrangement, channels, targetLufs, limiter, gateDepthDb, breathe } = order;
  const measured = leveling.tracks.map(({ level }) => level);
  const solos = leveling.tracks.map(({ solo }, index) =>
    tracks[index]!.as === 'music' ? undefined : soloInMaster(arrangement, solo, index),
  );
  let { trimDb } = leveling;
  let levels = measured;
  for (let mixes = 1; ; mixes += 1) {
    const gained = underGains(tracks, { leveling, arrangement, levels, gateDepthDb });
    const { timeMap, sessionSamples } = arrangement;
    const sounds = moveSounds(order.sounds, trimDb - leveling.trimDb);
    const mix = await writeMix(
      {
        ...{ tracks: gained, timeMap, sessionSamples, channels, sounds },
        ...{ trimDb, ceilingDbtp, limiter, rawPath },
      },
      breathe,
    );
    const inMix = loudnessInMix(mix.energies, solos, levels);
    const master = { ...mix, trimDb, levels, inMix };
    if (targetLufs === null || mix.integratedLufs === null || mixes === MAX_MIXES) return master;
    const missingDb = targetLufs - mix.integratedLufs;
    const even = (spreadLu(inMix) ?? 0) <= SPREAD_LU;
    if (Math.abs(missingDb) <= TOLERANCE_LU && even) return master;
    if (!even) levels = refinedLevels(measured, levels, inMix);
    trimDb += missingDb;
  }
}

export interface Gains {
  leveling: Leveling;
  arrangement: Arrangement;
  /** What leveling decided, or what a mix showed to be better. */
  levels: readonly SpeakerLevel[];
  gateDepthDb: number;
}

/** Tracks as a mixer takes them. Pure. */
export function underGains(
  tracks: readonly Pick<MixedTrack, 'audio'>[],
  { leveling, arrangement, levels, gateDepthDb }: Gains,
): GainedTrack[] {
  const leveled = leveling.tracks.map(({ open }, index) => ({ open, level: levels[index]! }));
  const envelopes = envelopesOf(leveled, gateDepthDb);
  return tracks.map(({ audio }, index) => ({
    ...{ audio, envelope: envelopes[index]!, curve: arrangement.curves[index] },
  }));
}

/** A show's sounds move with the voices, when a mix is brought to its target. Pure. */
export const moveSounds = (sounds: readonly PlacedSound[], db: number): PlacedSound[] =>
  sounds.map((sound) => ({ ...sound, gain: sound.gain * linear(db) }));

/** Moves each speaker towards the mean of all, but never far from what was measured of them. */
function refinedLevels(
  measured: readonly SpeakerLevel[],
  levels: readonly SpeakerLevel[],
  inMix: readonly (GatedLoudness | null)[],
): SpeakerLevel[] {
  const heard = inMix.flatMap((each) => (each === null ? [] : [each.lufs]));
  const mean = heard.reduce((sum, lufs) => sum + lufs, 0) / heard.length;
  return levels.map((level, index) => {
    const missingDb = LIMITER_SHARE * (mean - (inMix[index]?.lufs ?? mean));
    const first = measured[index]!.gainDb;
    const gainDb = Math.min(
      first + MAX_REFINEMENT_DB,
      Math.max(first - MAX_REFINEMENT_DB, level.gainDb + missingDb),
    );
    return { ...level, gainDb };
  });
}
