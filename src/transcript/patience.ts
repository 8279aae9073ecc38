/** How long an endpoint is waited for, and when it is asked again. Pure. */

/** A model on a processor is hardly faster than speech, and may have another's to do first. */
export const patienceMs = (durationUs: number): number => 60_000 + (2 * durationUs) / 1000;

/** Tries of one request, the first included. */
export const MOST_TRIES = 4;
/** Whoever asks for a longer pause is asked again by a later try of the job. */
const LONGEST_WAIT_MS = 120_000;

/** 408, 429 and 5xx pass; everything else stays as it is. */
export const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * The pause before the next try (`tries` have been made), undefined when it is not worth waiting for. `retryAfter` is the
 * header: seconds or a date (RFC 9110 section 10.2.3).
 */
export function waitMs(tries: number, retryAfter: string | undefined, nowMs: number): number | undefined {
  const asked = retryAfter === undefined ? undefined : readRetryAfter(retryAfter, nowMs);
  const wait = asked ?? 1000 * 2 ** tries;
  return wait <= LONGEST_WAIT_MS ? wait : undefined;
}

function readRetryAfter(header: string, nowMs: number): number | undefined {
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
