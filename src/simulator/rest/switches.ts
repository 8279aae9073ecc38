/** What can be made to go wrong on the way to REST. Off by default; change the fields at any time. */

export interface RateLimit {
  /** Which requests: a part of the path below `/api/v10`. */
  path: string;
  method?: string;
  /** Seconds until the client may try again. */
  retryAfterS: number;
  /** How many requests are still to be refused. */
  times: number;
}

export interface RestSwitches {
  /** Each answer waits this long before its request is looked at. */
  latencyMs: number;
  rateLimits: RateLimit[];
}

export const noSwitches = (): RestSwitches => ({ latencyMs: 0, rateLimits: [] });

/** Takes one refusal off the first limit that applies. */
export function takeRateLimit(
  { rateLimits }: RestSwitches,
  method: string,
  path: string,
): RateLimit | undefined {
  const limit = rateLimits.find(
    (each) => each.times > 0 && path.includes(each.path) && (each.method ?? method) === method,
  );
  if (limit) limit.times -= 1;
  return limit;
}
