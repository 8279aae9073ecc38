/**
 * How loud a track is, every 20 ms: K-weighted, as one byte in steps of 0.4 dB. Everything that leveling and gating decide
 * is decided on these, so that an hour of a speaker is 180 kB and not a file to be read again.
 */
import { createKWeighting } from './k-weighting.ts';
import { BLOCK_SAMPLES, blockCount } from './loudness.ts';
import type { Run } from './placement.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';
import type { TrackAudio } from './track-audio.ts';

export const FRAME_SAMPLES = SAMPLE_RATE_HZ / 50;
export const FRAMES_PER_BLOCK = BLOCK_SAMPLES / FRAME_SAMPLES;
export const FRAMES_PER_SECOND = 50;
/** Between two codes. Rounding averages out: a mean of many frames is off by less than 0.01 dB. */
const STEP_DB = 0.4;
const LOWEST_DB = -100;

/** By frame: 0 is silence, code n stands for a mean square of -100 dB + n steps. */
export type Levels = Uint8Array;

export const codeOf = (energy: number): number =>
  energy <= 0 ? 0 : Math.min(255, Math.max(0, Math.round((10 * Math.log10(energy) - LOWEST_DB) / STEP_DB)));

/** Mean squares of all codes. */
export const ENERGIES: Float64Array = Float64Array.from({ length: 256 }, (_, code) =>
  code === 0 ? 0 : 10 ** ((LOWEST_DB + code * STEP_DB) / 10),
);

/** Decibels as a difference of codes. */
export const steps = (db: number): number => Math.round(db / STEP_DB);

/** Frames of a session of this length: whole blocks of 100 ms. */
const frameCount = (samples: number): number => blockCount(samples) * FRAMES_PER_BLOCK;

/**
 * Read only where the track sounds, a second at a time; `breathe` runs between the seconds. Two channels count as the mean of
 * their energies: a voice that both of them hold is as loud as on one.
 */
export async function trackLevels(
  track: TrackAudio,
  samples: number,
  breathe: () => Promise<void>,
  /** Hears each piece of the track and where it begins, in order. */
  listen: (piece: Float32Array, at: number) => void = () => undefined,
): Promise<Levels> {
  const levels = new Uint8Array(frameCount(samples));
  const channels = Array.from({ length: track.channels }, () => ({
    filter: createKWeighting(),
    window: new Float32Array(SAMPLE_RATE_HZ),
  }));
  for (const [first, end] of soundingFrames(track.runs, levels.length)) {
    for (const { filter } of channels) filter.reset();
    for (let frame = first; frame < end; frame += FRAMES_PER_SECOND) {
      const count = Math.min(FRAMES_PER_SECOND, end - frame);
      const pieces = channels.map(({ window }, channel) => {
        const piece = window.subarray(0, count * FRAME_SAMPLES);
        piece.fill(0);
        track.addTo(piece, frame * FRAME_SAMPLES, 1, channel);
        return piece;
      });
      for (let index = 0; index < count; index += 1) {
        const from = index * FRAME_SAMPLES;
        let energy = 0;
        for (const [channel, { filter }] of channels.entries())
          energy += filter.energy(pieces[channel]!, from, from + FRAME_SAMPLES);
        levels[frame + index] = codeOf(energy / (FRAME_SAMPLES * channels.length));
      }
      listen(meanOf(pieces), frame * FRAME_SAMPLES);
      await breathe();
    }
  }
  return levels;
}

/** Of one channel, or of two; the first is overwritten. */
function meanOf([first, second]: readonly Float32Array[]): Float32Array {
  if (second !== undefined)
    for (let at = 0; at < second.length; at += 1) first![at] = (first![at]! + second[at]!) / 2;
  return first!;
}

/** Frames in which a track sounds, as ranges [first, end): runs that share a frame or leave none free between them are one. */
function soundingFrames(runs: readonly Run[], frames: number): [first: number, end: number][] {
  const ranges: [number, number][] = [];
  for (const { at, end } of runs) {
    const first = Math.max(0, Math.floor(at / FRAME_SAMPLES));
    const stop = Math.min(frames, Math.ceil(end / FRAME_SAMPLES));
    if (stop <= first) continue;
    const open = ranges.at(-1);
    if (open !== undefined && first <= open[1]) open[1] = Math.max(open[1], stop);
    else ranges.push([first, stop]);
  }
  return ranges;
}

/** Mean squares by blocks of 100 ms, with a gain for the power of each frame. */
export function blockEnergies(levels: Levels, power: (frame: number) => number = () => 1): Float32Array {
  const blocks = new Float32Array(levels.length / FRAMES_PER_BLOCK);
  for (let frame = 0; frame < levels.length; frame += 1) {
    const code = levels[frame]!;
    if (code === 0) continue;
    blocks[Math.floor(frame / FRAMES_PER_BLOCK)]! += (ENERGIES[code]! * power(frame)) / FRAMES_PER_BLOCK;
  }
  return blocks;
}
