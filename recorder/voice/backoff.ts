/** When to try again: growing waits with a little chance in them, so that many sessions do not knock at once. */

export interface Backoff {
  firstMs: number;
  limitMs: number;
}

/** The wait before attempt `attempt` (0 is the first), doubled each time up to the limit, plus or minus a fifth. */
export function backoffMs({ firstMs, limitMs }: Backoff, attempt: number, random = Math.random()): number {
  const steadyMs = Math.min(limitMs, firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(steadyMs * (0.8 + 0.4 * random));
}
