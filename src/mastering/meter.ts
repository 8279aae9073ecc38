/** K-weighted energies of a signal as it passes by. */
import { createKWeighting } from './k-weighting.ts';
import { blockCount, BLOCK_SAMPLES } from './loudness.ts';

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
