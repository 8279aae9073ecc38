/** Who was told of one session, and who does not want to be recorded in it, since when. Pure: time comes in as a number. */

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
  /** Told again, they count once. */
  tell(userIds: readonly string[]): void;
  /** Not told by anything, and never counted. */
  bot(userId: string): void;
  /** How many people were told. */
  told(): number;
}

export function createConsent(): Consent {
  const since = new Map<string, number>();
  const told = new Set<string>();
  const bots = new Set<string>();
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
    tell(userIds) {
      for (const userId of userIds) told.add(userId);
    },
    bot: (userId) => void bots.add(userId),
    told: () => told.difference(bots).size,
  };
}
