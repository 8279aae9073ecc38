/** Ids as Discord makes them: milliseconds since 2015 in the upper bits, then a counter, so that they sort by age. */

const DISCORD_EPOCH_MS = 1_420_070_400_000n;

export type SnowflakeMaker = () => string;

/** @param nowMs - the time of day, Unix milliseconds */
export function createSnowflakes(nowMs: () => number): SnowflakeMaker {
  let count = 0n;
  return () => (((BigInt(nowMs()) - DISCORD_EPOCH_MS) << 22n) + count++).toString();
}
