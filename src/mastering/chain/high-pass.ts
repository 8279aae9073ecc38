/** A second-order Butterworth high-pass (R. Bristow-Johnson, Audio EQ Cookbook: HPF, Q = 1/sqrt(2)). */
import { SAMPLE_RATE_HZ } from '../session-clock.ts';

export interface HighPass {
  /** Filters `input` into `output`, which may be the same array; goes on where the last call ended. Answers its energy. */
  filter: (input: Float32Array, output: Float32Array) => number;
  reset: () => void;
}

/** States that have died away are cleared: arithmetic on denormal numbers is many times slower. */
const DEAD = 1e-25;

export function createHighPass(cutoffHz: number): HighPass {
  const omega = (2 * Math.PI * cutoffHz) / SAMPLE_RATE_HZ;
  const alpha = Math.sin(omega) * Math.SQRT1_2;
  const cosine = Math.cos(omega);
  const scale = 1 / (1 + alpha);
  const b0 = ((1 + cosine) / 2) * scale;
  const b1 = -(1 + cosine) * scale;
  const a1 = -2 * cosine * scale;
  const a2 = (1 - alpha) * scale;
  // Direct form II, transposed.
  let first = 0;
  let second = 0;
  return {
    filter(input, output) {
      // Locals: the loop must not touch the heap.
      let [s1, s2, energy] = [first, second, 0];
      for (let at = 0; at < input.length; at += 1) {
        const x = input[at]!;
        const y = b0 * x + s1;
        s1 = b1 * x - a1 * y + s2;
        s2 = b0 * x - a2 * y;
        output[at] = y;
        energy += y * y;
      }
      first = Math.abs(s1) < DEAD ? 0 : s1;
      second = Math.abs(s2) < DEAD ? 0 : s2;
      return energy;
    },
    reset() {
      first = 0;
      second = 0;
    },
  };
}
