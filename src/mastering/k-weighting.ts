/** The K filter of ITU-R BS.1770-4 annex 1, tables 1 and 2: a shelf for the head, a high-pass for the ear, at 48 kHz. */

export interface KWeighting {
  /** Sum of the squares of the filtered samples; the filter goes on where the last call ended. */
  energy: (samples: Float32Array, from: number, to: number) => number;
  reset: () => void;
}

/** States that have died away are cleared: arithmetic on denormal numbers is many times slower. */
const DEAD = 1e-25;
const alive = (state: number): number => (Math.abs(state) < DEAD ? 0 : state);

export function createKWeighting(): KWeighting {
  // Direct form II, transposed: two states per stage.
  const states = new Float64Array(4);
  return {
    energy(samples, from, to) {
      // Locals: the loop must not touch the heap.
      let [s1, s2, h1, h2] = [states[0]!, states[1]!, states[2]!, states[3]!];
      let sum = 0;
      for (let at = from; at < to; at += 1) {
        const x = samples[at]!;
        const shelved = 1.53512485958697 * x + s1;
        s1 = -2.69169618940638 * x + 1.69065929318241 * shelved + s2;
        s2 = 1.19839281085285 * x - 0.73248077421585 * shelved;
        const y = shelved + h1;
        h1 = -2 * shelved + 1.99004745483398 * y + h2;
        h2 = shelved - 0.99007225036621 * y;
        sum += y * y;
      }
      states[0] = alive(s1);
      states[1] = alive(s2);
      states[2] = alive(h1);
      states[3] = alive(h2);
      return sum;
    },
    reset() {
      states.fill(0);
    },
  };
}
