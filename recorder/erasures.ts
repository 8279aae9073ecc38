/** A person's wish to be forgotten, through all recordings of a server: sealed, running and interrupted ones. */
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from './log.ts';
import type { SealedSession } from './protocol.ts';
import type { Recordings } from './recordings.ts';
import type { SealedSessions } from './sealed-sessions.ts';
import { requestErasure } from './session/erase.ts';
import { journalPath, manifestPath } from './session/paths.ts';

export interface ErasuresOptions {
  sessionsFolder: string;
  recordings: Recordings;
  sealed: SealedSessions;
  logger: Logger;
  /** A sealed session has fewer tracks now. */
  onErased: (session: SealedSession) => void;
}

export interface Erased {
  /** Sealed sessions in which the person was. */
  sessionIds: string[];
  /** Sessions that still run, or wait to go on: erased when they end. */
  live: string[];
}

/** One wish after the other. Rejects when a folder cannot be changed; what was asked for is finished at the next start. */
export function createErasures(options: ErasuresOptions) {
  const { sessionsFolder, recordings, sealed, logger } = options;

  async function eraseIn(sessionId: string, userId: string, erased: Erased): Promise<void> {
    const folder = path.join(sessionsFolder, sessionId);
    await requestErasure(folder, userId);
    // Asked after the wish is filed: who writes the manifest looks for wishes afterwards.
    if (await exists(manifestPath(folder))) {
      options.onErased(await sealed.erase(sessionId));
      erased.sessionIds.push(sessionId);
      return;
    }
    recordings
      .all()
      .find(({ request }) => request.sessionId === sessionId)
      ?.consent(userId, true);
    erased.live.push(sessionId);
  }

  return async (guildId: string, userId: string): Promise<Erased> => {
    const erased: Erased = { sessionIds: [], live: [] };
    for (const entry of await readdir(sessionsFolder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const journal = await readFile(journalPath(path.join(sessionsFolder, entry.name)), 'utf8').catch(
        () => '',
      );
      if (journal.includes(`"guildId":"${guildId}"`) && journal.includes(`"${userId}"`))
        await eraseIn(entry.name, userId, erased);
    }
    logger.info(
      { guildId, sealed: erased.sessionIds.length, live: erased.live.length },
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
