/** Times in which nobody could be heard, so that what a track misses then has one reason, not two. Pure. */
import type { GapReason } from './model.ts';

interface Outage {
  startUs: number;
  endUs: number;
  reason: GapReason;
}

/** A loss is noticed by the next packet, at most a reorder window after the outage has ended. */
const REMEMBERED = 8;

export interface Outages {
  add(outage: Outage): void;
  /** Why packets are missing between these moments: the outage that most of it lies in, else the reason given. */
  reasonFor(hole: { startUs: number; endUs: number; reason: GapReason }): GapReason;
}

export function createOutages(): Outages {
  const latest: Outage[] = [];
  return {
    add(outage) {
      latest.push(outage);
      if (latest.length > REMEMBERED) latest.shift();
    },
    reasonFor({ startUs, endUs, reason }) {
      if (reason !== 'loss') return reason;
      const commonUs = (each: Outage) => Math.min(endUs, each.endUs) - Math.max(startUs, each.startUs);
      return latest.find((each) => commonUs(each) * 2 > endUs - startUs)?.reason ?? reason;
    },
  };
}
