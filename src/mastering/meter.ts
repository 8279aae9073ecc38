/** K-weighted energies of a signal as it passes by. */
import { createKWeighting } from './k-weighting.ts';
import { blockCount, BLOCK_SAMPLES } from './loudness.ts';

export interface Meter {
  /** One array per channel, all equally long. */
  add: (channels: readonly Float32Array[]) => void;
  /** Mean squares of the blocks of 100 ms, the channels added up, to be gated by loudness.ts. */
  readonly energies: Float32Array;
}

/** Measures a signal that passes in pieces of any size. */
export function createMeter(samples: number, channels: number): Meter {
  const energies = new Float32Array(blockCount(samples));
  const filters = Array.from({ length: channels }, () => createKWeighting());
  let start = 0;
  return {
    energies,
    add(planes) {
      const { length } = planes[0]!;
      for (const [channel, filter] of filters.entries())
        for (let from = 0; from < length;) {
          const block = Math.floor((start + from) / BLOCK_SAMPLES);
          const to = Math.min(length, (block + 1) * BLOCK_SAMPLES - start);
          const energy = filter.energy(planes[channel]!, from, to) / BLOCK_SAMPLES;
          if (block < energies.length) energies[block]! += energy;
          from = to;
        }
      start += length;
    },
  };
}
