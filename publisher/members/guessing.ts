/** Keeps an address that tries tokens from trying many. In the memory of this process, and never more than a set amount of it. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf, parseAddress } from '../audience/address.ts';

/** A slip of the finger, an old link, an app that was not told: nobody needs more wrong ones. */
export const WRONG_TOKENS = 20;
export const WITHIN_SECONDS = 600;
const MOST_NETWORKS = 50_000;

export interface GuessLimit {
  /** Seconds until the address may try again; undefined while it may. */
  waitSeconds(address: string | undefined): Promise<number | undefined>;
  /** It has asked with a token that is none. */
  wrong(address: string | undefined): Promise<void>;
}

export function createGuessLimit(nowMs: () => number = Date.now): GuessLimit {
  const limiter = new RateLimiterMemory({ points: WRONG_TOKENS, duration: WITHIN_SECONDS });
  let known = new Set<string>();
  let knownSinceMs = nowMs();
  /** Whoever comes after too many others shares one allowance with all who do. */
  const keyOf = (address: string | undefined): string => {
    if (nowMs() - knownSinceMs > WITHIN_SECONDS * 1000) [known, knownSinceMs] = [new Set(), nowMs()];
    const parsed = address === undefined ? undefined : parseAddress(address);
    const network = parsed === undefined ? 'none' : networkOf(parsed);
    if (known.has(network)) return network;
    return known.size >= MOST_NETWORKS ? 'others' : network;
  };
  return {
    async waitSeconds(address) {
      const state = await limiter.get(keyOf(address));
      return state !== null && state.consumedPoints >= WRONG_TOKENS
        ? Math.max(1, Math.ceil(state.msBeforeNext / 1000))
        : undefined;
    },
    async wrong(address) {
      const key = keyOf(address);
      known.add(key);
      await limiter.consume(key).catch((refusal: unknown) => {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
      });
    },
  };
}
