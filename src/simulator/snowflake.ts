/** Ids as Discord makes them: milliseconds since 2015 in the upper bits, then a counter, so that they sort by age. */

const DISCORD_EPOCH_MS = 1_420_070_400_000n;

export type SnowflakeMaker = () => string;

export function createSnowflakes(): SnowflakeMaker {
  let count = 0n;
  return () => (((BigInt(Date.now()) - DISCORD_EPOCH_MS) << 22n) + count++).toString();
}
