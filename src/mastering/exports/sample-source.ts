/** Where samples come from: a recorded track is one source, a processed stem another. What writes files knows no more. */
import type { Run } from '../placement.ts';
import type { TrackAudio } from '../track-audio.ts';

/** Samples [from, to) of a timeline. */
export type Region = readonly [from: number, to: number];

/** One channel of sound on a timeline at 48 kHz, silent outside its regions. */
export interface SampleSource {
  /** Rising and apart. */
  readonly regions: readonly Region[];
  /** Adds the sound, times `gain`, to `target`, whose first sample is `start` of the timeline. */
  addTo: (target: Float32Array, start: number, gain: number) => void;
}

/** Silences shorter than this are written like sound: a hole in a file is worth a few pages of the file system. */
const WORTH_A_HOLE_SAMPLES = 24_000;

/** Where a track sounds between two samples of the session clock, counted from the first of them. */
export function regionsOf(runs: readonly Run[], from: number, to: number): Region[] {
  const regions: [number, number][] = [];
  for (const { at, end } of runs) {
    const [first, last] = [Math.max(at, from) - from, Math.min(end, to) - from];
    if (last <= first) continue;
    const open = regions.at(-1);
    if (open !== undefined && first - open[1] < WORTH_A_HOLE_SAMPLES) open[1] = Math.max(open[1], last);
    else regions.push([first, last]);
  }
  return regions;
}

/** A recorded track between two samples of the session clock. */
export const sourceOf = (audio: TrackAudio, from: number, to: number): SampleSource => ({
  regions: regionsOf(audio.runs, from, to),
  addTo: (target, start, gain) => audio.addTo(target, start + from, gain),
});
