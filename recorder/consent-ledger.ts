/** Who was told of one session, and who does not want to be recorded in it: kept in mind, and in the session's journal. */
import type { Notice, SessionStatus } from './protocol.ts';
import type { SessionWriter } from './session/writer.ts';

export interface ConsentLedger {
  /** Without a person: somebody does, so what cannot be told to be somebody else's is not even decrypted. */
  refuses(userId: string | undefined): boolean;
  /** Whether this person may be recorded from now on. What they said until now stays; `erase` is for that. */
  set(userId: string, refused: boolean): void;
  /** They were told by this message; `everyone` by the one that stands for the channel as a whole. */
  told(notice: Notice, userIds: readonly string[], everyone: boolean): void;
  /** Not told by anything, and never counted. */
  bot(userId: string): void;
  status(): Pick<SessionStatus, 'toldPeople' | 'refusedUserIds'>;
  /** Journals the holes of those who refuse to the end. */
  close(): void;
}

/** @param toldBefore - in the part of the session before a crash */
export function keepConsent(
  writer: Pick<SessionWriter, 'note' | 'gap' | 'breakOff' | 'elapsedUs'>,
  toldBefore: readonly string[] = [],
): ConsentLedger {
  /** Who refuses, and since when on the session clock. */
  const refusedUs = new Map<string, number>();
  const told = new Set(toldBefore);
  const bots = new Set<string>();
  const closeHole = (userId: string, startUs: number): void => {
    writer.gap({ startUs, endUs: writer.elapsedUs(), reason: 'consent', userId });
  };
  return {
    refuses: (userId) => (userId === undefined ? refusedUs.size > 0 : refusedUs.has(userId)),
    set(userId, refused) {
      const sinceUs = refusedUs.get(userId);
      if (refused && sinceUs === undefined) {
        refusedUs.set(userId, writer.elapsedUs());
        writer.breakOff(userId);
        writer.note({ type: 'refused', userId });
      } else if (!refused && sinceUs !== undefined) {
        refusedUs.delete(userId);
        writer.note({ type: 'allowed', userId });
        closeHole(userId, sinceUs);
      }
    },
    told(notice, userIds, everyone) {
      writer.note({ type: 'told', ...notice, userIds, ...(everyone ? {} : { passing: true }) });
      for (const userId of userIds) told.add(userId);
    },
    bot: (userId) => void bots.add(userId),
    status: () => ({ toldPeople: told.difference(bots).size, refusedUserIds: [...refusedUs.keys()] }),
    close() {
      for (const [userId, sinceUs] of refusedUs) closeHole(userId, sinceUs);
    },
  };
}
