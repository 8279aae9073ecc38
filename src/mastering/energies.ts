/** K-weighted energies: of a track, read only where it sounds, and of a signal as it passes by. */
import { createKWeighting } from './k-weighting.ts';
import { blockCount, BLOCK_SAMPLES } from './loudness.ts';
import type { Run } from './placement.ts';
import type { TrackAudio } from './track-audio.ts';

/** Blocks in which a track sounds, as ranges [first, end): runs that share a block or leave none free between them are one. */
export function soundingBlocks(runs: readonly Run[], blocks: number): [first: number, end: number][] {
  const ranges: [number, number][] = [];
  for (const { at, end } of runs) {
    const first = Math.max(0, Math.floor(at / BLOCK_SAMPLES));
    const stop = Math.min(blocks, Math.ceil(end / BLOCK_SAMPLES));
    if (stop <= first) continue;
    const open = ranges.at(-1);
    if (open !== undefined && first <= open[1]) open[1] = Math.max(open[1], stop);
    else ranges.push([first, stop]);
  }
  return ranges;
}

/** Mean squares of a track by blocks of 100 ms; 0 where it is silent. `breathe` runs once a second of audio. */
export async function trackEnergies(
  track: TrackAudio,
  samples: number,
  breathe: () => Promise<void>,
): Promise<Float32Array> {
  const blocks = blockCount(samples);
  const energies = new Float32Array(blocks);
  const filter = createKWeighting();
  const window = new Float32Array(BLOCK_SAMPLES);
  for (const [first, end] of soundingBlocks(track.runs, blocks)) {
    filter.reset();
    for (let block = first; block < end; block += 1) {
      window.fill(0);
      track.addTo(window, block * BLOCK_SAMPLES, 1);
      energies[block] = filter.energy(window, 0, BLOCK_SAMPLES) / BLOCK_SAMPLES;
      if (block % 10 === 9) await breathe();
    }
  }
  return energies;
}

export interface Meter {
  add: (samples: Float32Array) => void;
  /** Mean squares of the blocks of 100 ms, to be gated by loudness.ts. */
  readonly energies: Float32Array;
}

/** Measures a signal that passes in pieces of any size. */
export function createMeter(samples: number): Meter {
  const energies = new Float32Array(blockCount(samples));
  const filter = createKWeighting();
  let at = 0;
  return {
    energies,
    add(piece) {
      for (let from = 0; from < piece.length;) {
        const block = Math.floor(at / BLOCK_SAMPLES);
        const to = Math.min(piece.length, from + (block + 1) * BLOCK_SAMPLES - at);
        const energy = filter.energy(piece, from, to) / BLOCK_SAMPLES;
        if (block < energies.length) energies[block]! += energy;
        at += to - from;
        from = to;
      }
    },
  };
}
