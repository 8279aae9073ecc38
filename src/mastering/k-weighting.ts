/** The K filter of ITU-R BS.1770-4 annex 1, tables 1 and 2: a shelf for the head, a high-pass for the ear, at 48 kHz. */
import { alive, twoSteps } from './biquad.ts';

export interface KWeighting {
  /** Sum of the squares of the filtered samples; the filter goes on where the last call ended. */
  energy: (samples: Float32Array, from: number, to: number) => number;
  reset: () => void;
}

const SHELF = twoSteps({
  ...{ b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285 },
  ...{ a1: -1.69065929318241, a2: 0.73248077421585 },
});
const HIGH_PASS = twoSteps({ b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621 });
// Constants of the module: the loop must not look them up.
const [B0, A1, A2, P, Q] = [SHELF.b0, SHELF.a1, SHELF.a2, SHELF.p, SHELF.q];
const [SS, ST, SX, TS, TT, TX] = [SHELF.ss, SHELF.st, SHELF.sx, SHELF.ts, SHELF.tt, SHELF.tx];
const [HA1, HA2, HP, HQ] = [HIGH_PASS.a1, HIGH_PASS.a2, HIGH_PASS.p, HIGH_PASS.q];
const [HSS, HST, HSX] = [HIGH_PASS.ss, HIGH_PASS.st, HIGH_PASS.sx];
const [HTS, HTT, HTX] = [HIGH_PASS.ts, HIGH_PASS.tt, HIGH_PASS.tx];

export function createKWeighting(): KWeighting {
  const states = new Float64Array(4);
  return {
    energy(samples, from, to) {
      // Locals: the loop must not touch the heap.
      let s = states[0]!;
      let t = states[1]!;
      let hs = states[2]!;
      let ht = states[3]!;
      let sum = 0;
      let at = from;
      for (; at + 1 < to; at += 2) {
        const x = samples[at]!;
        const y = samples[at + 1]!;
        const first = B0 * x + s;
        const second = B0 * y + (P * x + t) - A1 * s;
        const nextS = SS * s + (ST * t + (SX * x + P * y));
        t = TS * s + (TT * t + (TX * x + Q * y));
        s = nextS;
        const heard = first + hs;
        const then = second + (HP * first + ht) - HA1 * hs;
        const nextHs = HSS * hs + (HST * ht + (HSX * first + HP * second));
        ht = HTS * hs + (HTT * ht + (HTX * first + HQ * second));
        hs = nextHs;
        sum += heard * heard + then * then;
      }
      if (at < to) {
        const x = samples[at]!;
        const shelved = B0 * x + s;
        [s, t] = [P * x - A1 * s + t, Q * x - A2 * s];
        const heard = shelved + hs;
        [hs, ht] = [HP * shelved - HA1 * hs + ht, HQ * shelved - HA2 * hs];
        sum += heard * heard;
      }
      states[0] = alive(s);
      states[1] = alive(t);
      states[2] = alive(hs);
      states[3] = alive(ht);
      return sum;
    },
    reset() {
      states.fill(0);
    },
  };
}
