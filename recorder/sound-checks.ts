/** Sound checks: what a recording would hear, listened to for a moment and thrown away. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './log.ts';
import type { SessionRequest, SoundCheck } from './protocol.ts';
import type { Recordings } from './recordings.ts';
import { readSession } from './session/reader.ts';

export interface SoundChecks {
  /** Joins, listens, leaves, and says what came. @throws RefusedError */
  check(request: SessionRequest, listenMs: number): Promise<SoundCheck>;
  /** What was heard has been measured: it is removed. */
  done(sessionId: string): Promise<void>;
  /** Removes everything; the recordings are closed by then. */
  close(): Promise<void>;
}

/** Measuring takes seconds; an application that died does not say that it is done. */
const KEPT_MS = 60_000;

/** @param folder - this module's own: what a crash left in it is removed at once */
export async function openSoundChecks(
  folder: string,
  recordings: Recordings,
  logger: Logger,
): Promise<SoundChecks> {
  const empty = () => rm(folder, { recursive: true, force: true });
  const closing = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();

  async function done(sessionId: string): Promise<void> {
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
      try {
        const session = await recordings.start(request, scratchFolder);
        await delay(listenMs, undefined, { signal: closing.signal }).catch(() => undefined);
        await recordings.end(session, 'stop');
        return await heard(scratchFolder);
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
    async close() {
      closing.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await empty();
    },
  };
}
