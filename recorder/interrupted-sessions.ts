/**
 * Sessions that a crash cut short and that can go on. The application knows whether people are still there, so it
 * decides; without its word, in bounded time, they are sealed with what they have.
 */
import path from 'node:path';
import type { Logger } from './log.ts';
import type { InterruptedSession, SealedSession } from './protocol.ts';
import { RefusedError } from './refused-error.ts';
import { sealedSession } from './sealed-sessions.ts';
import { recoverSession } from './session/recover.ts';
import { type Interruption, prepareToResume, type ResumePoint } from './session/resume.ts';
import type { InTurn } from './turns.ts';

export interface InterruptedSessionsOptions {
  sessionsFolder: string;
  /** By session folder: changes to what is sealed. */
  inTurn: InTurn;
  found: readonly Interruption[];
  /** How long they wait for the application's word. */
  limitMs: number;
  logger: Logger;
  onSealed: (session: SealedSession) => void;
  /** One could not be sealed. */
  onSealFailed: (sessionId: string) => void;
}

export interface InterruptedSessions {
  list(): InterruptedSession[];
  /** Lets `goOn` begin, which mends the folder when it is sure to. It waits again when that fails. @throws RefusedError */
  resume<T>(sessionId: string, goOn: (takePoint: () => Promise<ResumePoint>) => Promise<T>): Promise<T>;
  /** @throws RefusedError, and the file system's error. */
  seal(sessionId: string): Promise<SealedSession>;
  /** Seals what waits in a server, where something new begins. */
  sealIn(guildId: string): Promise<void>;
  /** Waits for those that are being sealed. */
  close(): Promise<void>;
}

export function createInterruptedSessions(options: InterruptedSessionsOptions): InterruptedSessions {
  const { sessionsFolder, logger } = options;
  const waiting = new Map(options.found.map((each) => [each.header.sessionId, each]));
  const folderOf = ({ header }: Interruption): string => path.join(sessionsFolder, header.sessionId);
  let closed = false;
  const sealing = new Set<Promise<unknown>>();
  const timer = setTimeout(() => void sealAll([...waiting.values()]), options.limitMs);

  /** Nobody else has it from now on. */
  function take(sessionId: string): Interruption {
    const interruption = waiting.get(sessionId);
    if (interruption === undefined)
      throw new RefusedError('unknown-session', 'no such session waits to go on');
    waiting.delete(sessionId);
    return interruption;
  }

  function seal(interruption: Interruption): Promise<SealedSession> {
    const work = sealFolder(interruption).finally(() => sealing.delete(work));
    sealing.add(work);
    work.catch(() => options.onSealFailed(interruption.header.sessionId));
    return work;
  }

  async function sealFolder(interruption: Interruption): Promise<SealedSession> {
    const folder = folderOf(interruption);
    const manifest = await options.inTurn(folder, () => recoverSession(folder));
    const session = await sealedSession(folder, manifest);
    const { sessionId, durationUs } = session;
    logger.warn({ sessionId, durationUs }, 'an interrupted session was sealed');
    options.onSealed(session);
    return session;
  }

  async function sealAll(interruptions: readonly Interruption[]): Promise<void> {
    for (const each of interruptions) {
      if (closed) return;
      if (!waiting.delete(each.header.sessionId)) continue;
      await seal(each).catch((error: unknown) => {
        const { sessionId } = each.header;
        logger.error({ err: error, sessionId }, 'an interrupted session could not be sealed');
      });
    }
  }

  return {
    list: () =>
      [...waiting.values()].map(({ header, channelId, interruptedAtMs }) => ({
        ...header,
        channelId,
        interruptedAtMs,
      })),
    async resume(sessionId, goOn) {
      const interruption = take(sessionId);
      try {
        return await goOn(() => prepareToResume(folderOf(interruption), interruption));
      } catch (error) {
        waiting.set(sessionId, interruption);
        throw error;
      }
    },
    seal: async (sessionId) => seal(take(sessionId)),
    sealIn: (guildId) => sealAll([...waiting.values()].filter(({ header }) => header.guildId === guildId)),
    async close() {
      closed = true;
      clearTimeout(timer);
      await Promise.allSettled(sealing);
    },
  };
}
