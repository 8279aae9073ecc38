/**
 * Sessions that ended and could not be sealed, because the disk did not take it. They are sealed as what a crash left is,
 * as soon as it does; what is still waiting when the recorder ends is found by its next start.
 */
import path from 'node:path';
import type { Logger } from './log.ts';
import type { SealedSession } from './protocol.ts';
import { sealedSession } from './sealed-sessions.ts';
import type { Files } from './session/files.ts';
import type { SealReason } from './session/model.ts';
import { recoverSession } from './session/recover.ts';
import type { InTurn } from './turns.ts';

export interface SealRetriesOptions {
  sessionsFolder: string;
  /** By session folder: changes to what is sealed. */
  inTurn: InTurn;
  files: Files;
  everyMs: number;
  logger: Logger;
  onSealed: (session: SealedSession) => void;
}

export interface SealRetries {
  /** Nothing is written to it any more. @returns false when it waits already */
  add(sessionId: string, reason?: SealReason): boolean;
  close(): Promise<void>;
}

export function createSealRetries(options: SealRetriesOptions): SealRetries {
  const { sessionsFolder, inTurn, files, logger } = options;
  const waiting = new Map<string, SealReason | undefined>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  async function tryAll(): Promise<void> {
    for (const [sessionId, reason] of waiting) {
      const folder = path.join(sessionsFolder, sessionId);
      try {
        const manifest = await inTurn(folder, () => recoverSession(folder, files, reason));
        waiting.delete(sessionId);
        logger.info({ sessionId }, 'a session that could not be sealed is sealed now');
        options.onSealed(await sealedSession(folder, manifest));
      } catch (error) {
        logger.debug({ err: error, sessionId }, 'a session still cannot be sealed');
      }
    }
  }

  function schedule(): void {
    if (closed || timer !== undefined || running !== undefined || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      running = tryAll().finally(() => {
        running = undefined;
        schedule();
      });
    }, options.everyMs);
  }

  return {
    add(sessionId, reason) {
      if (waiting.has(sessionId)) return false;
      waiting.set(sessionId, reason);
      schedule();
      return true;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
