/** Packets that nobody claimed within their 5 s, or that found no room to wait, gathered into runs for the journal: one line instead of fifty a second. */
import { HELD_US } from './held-packets.ts';

export interface UnmappedRun {
  ssrc: number;
  /** Arrivals of the first and the last packet, on the injected clock. */
  fromUs: number;
  toUs: number;
  packets: number;
}

export interface UnmappedRuns {
  add(ssrc: number, arrivalUs: number): void;
  /** The runs to which nothing was added for a while; all of them with `Infinity`. */
  take(nowUs: number): UnmappedRun[];
}

/** A pause that ends a run. */
const PAUSE_US = 1_000_000;
/** What came before there was a transport key is anybody's: numbers beyond these are gathered under 0, which is none. */
const MOST_RUNS = 64;

export function createUnmappedRuns(): UnmappedRuns {
  const runs = new Map<number, UnmappedRun>();
  return {
    add(ssrc, arrivalUs) {
      const key = runs.has(ssrc) || runs.size < MOST_RUNS ? ssrc : 0;
      const run = runs.get(key) ?? { ssrc: key, fromUs: arrivalUs, toUs: arrivalUs, packets: 0 };
      runs.set(key, { ...run, toUs: Math.max(run.toUs, arrivalUs), packets: run.packets + 1 });
    },
    take(nowUs) {
      const over = [...runs.values()].filter(({ toUs }) => nowUs - toUs > HELD_US + PAUSE_US);
      for (const { ssrc } of over) runs.delete(ssrc);
      return over;
    },
  };
}
