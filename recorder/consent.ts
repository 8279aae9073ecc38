/** Who does not want to be recorded in one session, and since when. Pure: time comes in as a number. */

export interface Consent {
  /** Somebody refuses: what cannot be told to be somebody else's is not even decrypted then. */
  any(): boolean;
  refuses(userId: string): boolean;
  /** From `atUs` (session clock) on nothing of this person is kept. False when that was so before. */
  refuse(userId: string, atUs: number): boolean;
  /** They may be recorded again. @returns the session clock since when they were not, undefined when they were. */
  allow(userId: string): number | undefined;
  /** Everybody who refuses, and since when. */
  all(): ReadonlyMap<string, number>;
}

export function createConsent(): Consent {
  const since = new Map<string, number>();
  return {
    any: () => since.size > 0,
    refuses: (userId) => since.has(userId),
    refuse(userId, atUs) {
      if (since.has(userId)) return false;
      since.set(userId, atUs);
      return true;
    },
    allow(userId) {
      const fromUs = since.get(userId);
      since.delete(userId);
      return fromUs;
    },
    all: () => since,
  };
}
