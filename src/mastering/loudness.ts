/** Loudness from K-weighted energies, as ITU-R BS.1770-4 gates it. Energies are mean squares of blocks of 100 ms. */

export const BLOCK_SAMPLES = 4800;
/** A window of the meter is 400 ms, a new one begins every 100 ms. */
export const WINDOW_BLOCKS = 4;
export const BLOCK_SECONDS = 0.1;

const ABSOLUTE_GATE_LUFS = -70;
const RELATIVE_GATE_LU = -10;

/** Mean square to LUFS, one channel. */
export const lufsOf = (energy: number): number => -0.691 + 10 * Math.log10(energy);
export const energyOf = (lufs: number): number => 10 ** ((lufs + 0.691) / 10);

/** Mean energy of the window that begins with this block. */
export const windowEnergy = (blocks: Float32Array, first: number): number =>
  (blocks[first]! + blocks[first + 1]! + blocks[first + 2]! + blocks[first + 3]!) / WINDOW_BLOCKS;

export interface GatedLoudness {
  lufs: number;
  /** Windows above both gates, as time. */
  seconds: number;
}

/** Integrated loudness of the chosen windows, or null when none is above the gates. */
export function gatedLoudness(
  blocks: Float32Array,
  counts: (firstBlock: number) => boolean = () => true,
): GatedLoudness | null {
  const meanAbove = (gate: number) => {
    let sum = 0;
    let windows = 0;
    for (let first = 0; first + WINDOW_BLOCKS <= blocks.length; first += 1) {
      const energy = windowEnergy(blocks, first);
      if (energy <= gate || !counts(first)) continue;
      sum += energy;
      windows += 1;
    }
    return { mean: sum / windows, windows };
  };
  const absolute = meanAbove(energyOf(ABSOLUTE_GATE_LUFS));
  if (absolute.windows === 0) return null;
  const gate = Math.max(energyOf(ABSOLUTE_GATE_LUFS), absolute.mean * 10 ** (RELATIVE_GATE_LU / 10));
  const { mean, windows } = meanAbove(gate);
  return { lufs: lufsOf(mean), seconds: windows * BLOCK_SECONDS };
}

/** Blocks of a session of this length, so that its last window is whole. */
export const blockCount = (samples: number): number =>
  Math.max(WINDOW_BLOCKS, Math.ceil(samples / BLOCK_SAMPLES));
