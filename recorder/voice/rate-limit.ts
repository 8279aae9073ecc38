/** A sliding window over gateway sends. */

export interface RateLimit {
  /** Whether the window has room for a send. */
  hasRoom(nowMs: number): boolean;
  /** Takes one send if the window has room for it. */
  take(nowMs: number): boolean;
}

/**
 * At most `limit` sends in any `windowMs`. Discord closes a gateway connection that sends more than 120 payloads in 60 s,
 * and @discordjs/voice rejoins without any backoff when its voice session is refused.
 */
export function createRateLimit({ limit, windowMs }: { limit: number; windowMs: number }): RateLimit {
  const sentMs: number[] = [];
  function hasRoom(nowMs: number): boolean {
    while (sentMs.length > 0 && sentMs[0]! <= nowMs - windowMs) sentMs.shift();
    return sentMs.length < limit;
  }
  return {
    hasRoom,
    take(nowMs) {
      if (!hasRoom(nowMs)) return false;
      sentMs.push(nowMs);
      return true;
    },
  };
}
