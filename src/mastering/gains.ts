/** One gain per speaker, and how it follows a level that wanders; each measured only where they speak alone. Pure. */
import { gatedLoudness, lufsOf, windowEnergy, type GatedLoudness } from './loudness.ts';

/** A wandering level is taken over so many windows before and after: 8 s of speech each, not of time. */
const NEAR_WINDOWS = 80;
/** Weight of the whole session beside the windows around: a short stretch is not a level. */
const WHOLE_WEIGHT = 15;
const RELATIVE_GATE = 0.1;
/** Windows begin every block of 100 ms. */
const BLOCKS_PER_KNOT = 10;

export interface GainLimits {
  targetLufs: number;
  minGainDb: number;
  maxGainDb: number;
  /** How far the gain may move from the speaker's own to follow their level. */
  followDb: number;
}

export interface SpeakerLevel {
  /** Null when the speaker is never heard: bleed and noise are not raised. */
  measured: GatedLoudness | null;
  gainDb: number;
  /** Added to the gain, by second of the session. */
  follow: Float32Array;
}

export const linear = (db: number): number => 10 ** (db / 20);
export const decibels = (amplitude: number): number => 20 * Math.log10(amplitude);

/** Of one speaker: mean squares by block of 100 ms, and by block whether the window beginning there counts. */
export function speakerLevel(blocks: Float32Array, solo: Uint8Array, limits: GainLimits): SpeakerLevel {
  const knots = Math.ceil(blocks.length / BLOCKS_PER_KNOT) + 1;
  const measured = gatedLoudness(blocks, (first) => solo[first] === 1);
  if (measured === null) return { measured, gainDb: 0, follow: new Float32Array(knots) };
  const follow = followed(windowsAbove(blocks, solo, measured), measured, knots, limits.followDb);
  const moved = blocks.map((energy, block) => energy * linear(followAt(follow, block * SECONDS)) ** 2);
  const { lufs } = gatedLoudness(moved, (first) => solo[first] === 1) ?? measured;
  const gainDb = Math.min(limits.maxGainDb, Math.max(limits.minGainDb, limits.targetLufs - lufs));
  return { measured, gainDb, follow };
}

const SECONDS = 1 / BLOCKS_PER_KNOT;

/** Decibels at a moment of the session, in seconds; before and after it they stay. */
export function followAt(follow: Float32Array, seconds: number): number {
  if (seconds <= 0) return follow[0]!;
  const knot = Math.min(follow.length - 1, Math.floor(seconds));
  const next = Math.min(follow.length - 1, knot + 1);
  return follow[knot]! + (follow[next]! - follow[knot]!) * (seconds - knot);
}

interface Window {
  first: number;
  energy: number;
}

function windowsAbove(blocks: Float32Array, solo: Uint8Array, { lufs }: GatedLoudness): Window[] {
  const windows: Window[] = [];
  for (let first = 0; first < solo.length; first += 1) {
    if (solo[first] === 0) continue;
    const energy = windowEnergy(blocks, first);
    if (lufsOf(energy) > lufs + 10 * Math.log10(RELATIVE_GATE)) windows.push({ first, energy });
  }
  return windows;
}

/** Against the loudness of the windows nearest to each second, counted in windows: silence does not move a gain. */
function followed(
  windows: readonly Window[],
  { lufs }: GatedLoudness,
  knots: number,
  followDb: number,
): Float32Array {
  const sums = new Float64Array(windows.length + 1);
  for (const [index, { energy }] of windows.entries()) sums[index + 1] = sums[index]! + energy;
  const whole = (sums.at(-1)! / windows.length) * WHOLE_WEIGHT;
  const follow = new Float32Array(knots);
  let centre = 0;
  for (let knot = 0; knot < knots; knot += 1) {
    while (centre < windows.length - 1 && windows[centre]!.first < knot * BLOCKS_PER_KNOT) centre += 1;
    const from = Math.max(0, centre - NEAR_WINDOWS);
    const to = Math.min(windows.length, centre + NEAR_WINDOWS);
    const near = lufsOf((sums[to]! - sums[from]! + whole) / (to - from + WHOLE_WEIGHT));
    follow[knot] = Math.min(followDb, Math.max(-followDb, lufs - near));
  }
  return follow;
}

/** Each speaker's loudness in the finished mix, where they speak alone; null when they never do, and for music. */
export const loudnessInMix = (
  mix: Float32Array,
  solos: readonly (Uint8Array | undefined)[],
  levels: readonly SpeakerLevel[],
): (GatedLoudness | null)[] =>
  solos.map((solo, index) =>
    solo === undefined || levels[index]!.measured === null
      ? null
      : gatedLoudness(mix, (first) => solo[first] === 1),
  );

/** Largest minus smallest, in LU; null below two figures. */
export function spreadLu(loudness: readonly (GatedLoudness | null)[]): number | null {
  const figures = loudness.flatMap((each) => (each === null ? [] : [each.lufs]));
  return figures.length < 2 ? null : Math.max(...figures) - Math.min(...figures);
}
