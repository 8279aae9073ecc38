/** Sound checks: what a recording would hear, listened to for a moment and thrown away. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './log.ts';
import type { SessionRequest, SoundCheck, ToApplication } from './protocol.ts';
import type { Recordings } from './recordings.ts';
import { RefusedError } from './refused-error.ts';
import { decodeJournalTypes } from './session/journal.ts';
import { journalPath } from './session/paths.ts';
import { readSession } from './session/reader.ts';

export interface SoundChecks {
  /** Joins, listens, leaves, and says what came. @throws RefusedError */
  check(request: SessionRequest, listenMs: number): Promise<SoundCheck>;
  /** What was heard has been measured: it is removed. */
  done(sessionId: string): Promise<void>;
  /** The application is lost: nobody waits for what is heard. What listens leaves, and is removed. */
  abandon(): void;
  /** Notices of checks that were abandoned, or cut short by a crash: they still say that somebody listens. Answered once. */
  takeOverdue(): OverdueNotice[];
  /** Removes everything; the recordings are closed by then. */
  close(): Promise<void>;
}

/** The message by which people were told of a sound check. */
export type OverdueNotice = Extract<ToApplication, { type: 'welcome' }>['overdueChecks'][number];

/** Measuring takes seconds; an application that died does not say that it is done. */
const KEPT_MS = 60_000;

/** @param folder - this module's own: what a crash left in it is removed at once */
export async function openSoundChecks(
  folder: string,
  recordings: Recordings,
  logger: Logger,
): Promise<SoundChecks> {
  const empty = () => rm(folder, { recursive: true, force: true });
  let overdue = await noticesIn(folder);
  let abandoned = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  /** Until they are done. */
  const listening = new Map<string, OverdueNotice>();

  async function done(sessionId: string): Promise<void> {
    listening.delete(sessionId);
    clearTimeout(timers.get(sessionId));
    timers.delete(sessionId);
    await rm(path.join(folder, sessionId), { recursive: true, force: true });
  }

  /** Everybody who was heard, by the files that they were kept in. */
  async function heard(scratchFolder: string): Promise<SoundCheck> {
    const { sessionId, channelId, durationUs, tracks } = await readSession(scratchFolder);
    const speakers = tracks.map(({ userId, displayName, bot, packets, lost, opusPath, spurts }) => {
      const audioUs = spurts.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
      return { userId, displayName, bot, packets, lost, audioUs, opusPath };
    });
    return { sessionId, channelId, durationUs, speakers };
  }

  await empty();
  return {
    async check(request, listenMs) {
      const { sessionId } = request;
      const scratchFolder = path.join(folder, sessionId);
      await mkdir(folder, { recursive: true });
      const { channelId, messageId } = request.notice;
      const { signal } = abandoned;
      listening.set(sessionId, { guildId: request.guildId, channelId, messageId });
      try {
        const session = await recordings.start(request, scratchFolder);
        await delay(listenMs, undefined, { signal }).catch(() => undefined);
        await recordings.end(session, 'stop');
        if (!signal.aborted) return await heard(scratchFolder);
        await done(sessionId);
        throw new RefusedError('stopping', 'nobody waits for this sound check any more');
      } finally {
        const forget = setTimeout(() => {
          done(sessionId).catch((error: unknown) =>
            logger.error({ err: error, scratchFolder }, 'a sound check could not be removed'),
          );
        }, KEPT_MS);
        timers.set(sessionId, forget.unref());
      }
    },
    done,
    abandon() {
      overdue.push(...listening.values());
      listening.clear();
      abandoned.abort();
      abandoned = new AbortController();
    },
    takeOverdue() {
      const taken = overdue;
      overdue = [];
      return taken;
    },
    async close() {
      abandoned.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await empty();
    },
  };
}

/** Of what a crash left. */
async function noticesIn(folder: string): Promise<OverdueNotice[]> {
  const names = await readdir(folder).catch(() => []);
  const notices = await Promise.all(
    names.map(async (name) => {
      const journal = await readFile(journalPath(path.join(folder, name))).catch(() => Buffer.alloc(0));
      const entries = await decodeJournalTypes(journal, ['header', 'told']);
      const header = entries.find((entry) => entry.type === 'header');
      const told = entries.find((entry) => entry.type === 'told');
      if (header === undefined || told === undefined) return [];
      return [{ guildId: header.guildId, channelId: told.channelId, messageId: told.messageId }];
    }),
  );
  return notices.flat();
}
