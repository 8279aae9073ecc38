/** A second-order Butterworth high-pass (R. Bristow-Johnson, Audio EQ Cookbook: HPF, Q = 1/sqrt(2)). */
import { alive, twoSteps } from '../biquad.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';

export interface HighPass {
  /**
   * Filters `input`, or a part of it, into `output`, which may be the same array; goes on where the last call ended. Answers
   * the energy of what it gave.
   */
  filter: (input: Float32Array, output: Float32Array, from?: number, to?: number) => number;
  reset: () => void;
}

export function createHighPass(cutoffHz: number): HighPass {
  const omega = (2 * Math.PI * cutoffHz) / SAMPLE_RATE_HZ;
  const alpha = Math.sin(omega) * Math.SQRT1_2;
  const cosine = Math.cos(omega);
  const scale = 1 / (1 + alpha);
  const b0 = ((1 + cosine) / 2) * scale;
  const two = twoSteps({ b0, b1: -2 * b0, b2: b0, a1: -2 * cosine * scale, a2: (1 - alpha) * scale });
  const { a1, a2, p, q, ss, st, sx, ts, tt, tx } = two;
  // An array: a number that closures share is put on the heap whenever it changes.
  const states = new Float64Array(2);
  return {
    filter(input, output, from = 0, to = input.length) {
      // Locals: the loop must not touch the heap.
      let s = states[0]!;
      let t = states[1]!;
      let energy = 0;
      let at = from;
      for (; at + 1 < to; at += 2) {
        const x = input[at]!;
        const y = input[at + 1]!;
        const first = b0 * x + s;
        const second = b0 * y + (p * x + t) - a1 * s;
        const next = ss * s + (st * t + (sx * x + p * y));
        t = ts * s + (tt * t + (tx * x + q * y));
        s = next;
        output[at] = first;
        output[at + 1] = second;
        energy += first * first + second * second;
      }
      if (at < to) {
        const x = input[at]!;
        const only = b0 * x + s;
        [s, t] = [p * x - a1 * s + t, q * x - a2 * s];
        output[at] = only;
        energy += only * only;
      }
      states[0] = alive(s);
      states[1] = alive(t);
      return energy;
    },
    reset() {
      states.fill(0);
    },
  };
}
