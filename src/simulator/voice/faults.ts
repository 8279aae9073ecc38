/** What a network does to datagrams, decided packet by packet from a seeded random source. */

/** Switches of one path; a room's override the server's, a speaker's override the room's. */
export interface NetworkFaults {
  /** Share of packets that never arrive, 0..1. */
  lossRate: number;
  /** Mean of the exponentially distributed extra delay, in microseconds; 0 is none. */
  jitterMeanUs: number;
  /** Share of packets held back so long that the next one overtakes them, 0..1. */
  reorderRate: number;
  /** Share of packets that arrive twice, 0..1. */
  duplicateRate: number;
}

export const cleanNetwork: Readonly<NetworkFaults> = {
  lossRate: 0,
  jitterMeanUs: 0,
  reorderRate: 0,
  duplicateRate: 0,
};

/** A number in [0, 1). */
export type Random = () => number;

/** mulberry32: 32 bits of state are plenty for faults, and a seed makes a run repeatable. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Held-back packets wait for one and a half 20 ms frames: past the next packet, before the one after it. */
const HOLD_BACK_US = 30_000;
/** The second copy of a packet follows at once, as a duplicating path delivers it. */
const COPY_DELAY_US = 500;

/**
 * The delays, in microseconds, after which a packet's copies arrive; none at all means that it is lost. Draws are made
 * only for switches that are on, so one switch does not change what another decides.
 */
export function deliveryDelaysUs(faults: NetworkFaults, random: Random): number[] {
  if (faults.lossRate > 0 && random() < faults.lossRate) return [];
  let delayUs = faults.jitterMeanUs > 0 ? -Math.log(1 - random()) * faults.jitterMeanUs : 0;
  if (faults.reorderRate > 0 && random() < faults.reorderRate) delayUs += HOLD_BACK_US;
  const delays = [Math.round(delayUs)];
  if (faults.duplicateRate > 0 && random() < faults.duplicateRate)
    delays.push(Math.round(delayUs) + COPY_DELAY_US);
  return delays;
}
