/** A person's wish to be forgotten, through all recordings of a server: sealed, running and interrupted ones. */
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from './log.ts';
import type { SealedSession } from './protocol.ts';
import type { Recordings } from './recordings.ts';
import type { SealedSessions } from './sealed-sessions.ts';
import { holdsVoiceOf } from './session/erase.ts';
import { journalPath, manifestPath } from './session/paths.ts';
import { requestErasure } from './session/wishes.ts';

export interface ErasuresOptions {
  sessionsFolder: string;
  recordings: Recordings;
  sealed: SealedSessions;
  logger: Logger;
  /** A sealed session has fewer tracks now. */
  onErased: (session: SealedSession) => void;
}

export interface Erased {
  /** Sealed sessions in which something that the person said was destroyed. */
  sessionIds: string[];
  /** Sessions that still run, or wait to go on: erased when they end. */
  live: string[];
  /** Where it could not be done now. The wish stands in the folder, if that can be written, until it is carried out. */
  failed: string[];
}

/** Never rejects for one folder's sake: what was asked for there and is not done is tried again at the next start. */
export function createErasures(options: ErasuresOptions) {
  const { sessionsFolder, recordings, sealed, logger } = options;

  /** Those that hold anything of the person, in a track or only by name. */
  async function foldersOf(guildId: string, userId: string): Promise<string[]> {
    const found: string[] = [];
    for (const entry of await readdir(sessionsFolder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const folder = path.join(sessionsFolder, entry.name);
      const journal = await readFile(journalPath(folder), 'utf8').catch(() => '');
      if (journal.includes(`"guildId":"${guildId}"`) && journal.includes(`"${userId}"`))
        found.push(entry.name);
    }
    return found;
  }

  async function carryOut(sessionId: string, userId: string, erased: Erased): Promise<void> {
    const folder = path.join(sessionsFolder, sessionId);
    // Asked after the wish is filed: who writes the manifest looks for wishes afterwards.
    if (await exists(manifestPath(folder))) {
      const spoke = await holdsVoiceOf(folder, [userId]);
      const session = await sealed.erase(sessionId);
      if (session !== undefined) options.onErased(session);
      if (spoke) erased.sessionIds.push(sessionId);
      return;
    }
    recordings
      .all()
      .find(({ request }) => request.sessionId === sessionId)
      ?.consent(userId, true);
    erased.live.push(sessionId);
  }

  return async (guildId: string, userId: string): Promise<Erased> => {
    const erased: Erased = { sessionIds: [], live: [], failed: [] };
    const attempt = async (sessionId: string, work: () => Promise<void>): Promise<boolean> => {
      try {
        await work();
        return true;
      } catch (error) {
        logger.error({ error, sessionId }, 'a person could not be erased from a recording');
        erased.failed.push(sessionId);
        return false;
      }
    };
    // All wishes stand in their folders before the first is carried out: a crash or a slow disk forgets none.
    const filed: string[] = [];
    for (const sessionId of await foldersOf(guildId, userId)) {
      const folder = path.join(sessionsFolder, sessionId);
      if (await attempt(sessionId, () => requestErasure(folder, userId))) filed.push(sessionId);
    }
    for (const sessionId of filed) await attempt(sessionId, () => carryOut(sessionId, userId, erased));
    const { sessionIds, live, failed } = erased;
    logger.info(
      { guildId, sealed: sessionIds.length, live: live.length, failed: failed.length },
      'a person was erased',
    );
    return erased;
  };
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
