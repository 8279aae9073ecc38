/** When a sender whose frames cannot be opened is reason enough to join the DAVE group anew. */

/** Frames of one sender that may fail in a row before the group is joined anew: the library's own tolerance. */
const FAILURES_BEFORE_RECOVERY = 36;
/** A recovery costs every speaker some frames, so one broken sender may not cause them without end. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;

export interface FailureWatch {
  succeeded(userId: string): void;
  /** Counts a failure; true when the session should be recovered now. */
  failed(userId: string, nowMs: number): boolean;
}

/** Counts failures by sender: the library's own counter is cleared by any other speaker who can be heard. */
export function createFailureWatch(): FailureWatch {
  const inARow = new Map<string, number>();
  const pauses = new Map<string, number>();
  let nextRecoveryMs = -Infinity;
  return {
    succeeded(userId) {
      if (inARow.delete(userId)) pauses.delete(userId);
    },
    failed(userId, nowMs) {
      const failures = (inARow.get(userId) ?? 0) + 1;
      inARow.set(userId, failures);
      if (failures <= FAILURES_BEFORE_RECOVERY || nowMs < nextRecoveryMs) return false;
      const pauseMs = pauses.get(userId) ?? FIRST_PAUSE_MS;
      pauses.set(userId, Math.min(LONGEST_PAUSE_MS, pauseMs * 2));
      nextRecoveryMs = nowMs + pauseMs;
      inARow.set(userId, 0);
      return true;
    },
  };
}
