/** Sealed sessions that the application has not yet taken into its catalog; they outlive the recorder's own process. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from './log.ts';
import type { SealedSession } from './protocol.ts';
import { holdsVoiceOf } from './session/erase.ts';
import { decodeJournalTypes } from './session/journal.ts';
import type { Manifest } from './session/model.ts';
import { journalPath } from './session/paths.ts';
import { recoverSession } from './session/recover.ts';
import { type Interruption, readInterruption } from './session/resume.ts';
import { erasuresAsked } from './session/wishes.ts';
import type { InTurn } from './turns.ts';

/** An empty file beside the manifest: the application has this session. */
const ACKNOWLEDGED = 'acknowledged';

export interface SealedSessions {
  list(): SealedSession[];
  add(session: SealedSession): void;
  acknowledge(sessionId: string): Promise<void>;
  /**
   * Carries out the erasures asked for in a sealed session. Answers it when a voice was destroyed: then what was made of it is
   * made again, and it is mentioned until it is acknowledged anew.
   */
  erase(sessionId: string): Promise<SealedSession | undefined>;
}

/** What the application is told of a manifest. */
export async function sealedSession(folder: string, manifest: Manifest): Promise<SealedSession> {
  const entries = await decodeJournalTypes(await readFile(journalPath(folder)), ['told', 'moved']);
  const passingNotices = entries.flatMap((entry) => {
    if (entry.type !== 'told' || entry.passing !== true) return [];
    return [{ channelId: entry.channelId, messageId: entry.messageId }];
  });
  const { sessionId, guildId, channelId, title, startedAtMs, durationUs, reason, tracks } = manifest;
  const movedTo = entries.flatMap((entry) => (entry.type === 'moved' ? [entry.channelId] : []));
  const { erasedTracks = 0 } = manifest;
  return {
    sessionId,
    guildId,
    channelId,
    title,
    startedAtMs,
    durationUs,
    reason,
    speakers: tracks.length,
    ...(erasedTracks > 0 ? { erasedTracks } : {}),
    ...(movedTo.length > 0 ? { channelIds: [...new Set([channelId, ...movedTo])] } : {}),
    ...(passingNotices.length > 0 ? { passingNotices } : {}),
  };
}

/**
 * Reads the sessions folder at start: everything that was not acknowledged is listed, and what a crash left unsealed is
 * found. What had ended is mended and sealed; what had not may go on. A folder that cannot be read is left as it is
 * and logged; it never stops the start.
 */
export async function openSealedSessions(
  sessionsFolder: string,
  inTurn: InTurn,
  logger: Logger,
): Promise<SealedSessions & { interrupted: Interruption[] }> {
  const sealed = new Map<string, SealedSession>();
  const interrupted: Interruption[] = [];
  const entries = await readdir(sessionsFolder, { withFileTypes: true });
  for (const entry of entries.filter((each) => each.isDirectory())) {
    try {
      const found = await takeFolder(path.join(sessionsFolder, entry.name), logger);
      if (found === undefined) continue;
      if ('header' in found) interrupted.push(found);
      else sealed.set(found.sessionId, found);
    } catch (error) {
      logger.error(
        { err: error, folder: entry.name },
        'a session folder could not be recovered and is left as it is',
      );
    }
  }
  return {
    interrupted,
    list: () => [...sealed.values()],
    add: (session) => void sealed.set(session.sessionId, session),
    async acknowledge(sessionId) {
      if (!sealed.has(sessionId)) return;
      await writeFile(path.join(sessionsFolder, sessionId, ACKNOWLEDGED), '');
      sealed.delete(sessionId);
    },
    erase(sessionId) {
      const folder = path.join(sessionsFolder, sessionId);
      return inTurn(folder, async () => {
        const asked = await erasuresAsked(folder);
        const spoke = await holdsVoiceOf(folder, asked);
        // Whatever interrupts this, the application hears of the session again.
        if (spoke) await rm(path.join(folder, ACKNOWLEDGED), { force: true });
        const session = await sealedSession(folder, await recoverSession(folder));
        if (!spoke) return undefined;
        sealed.set(sessionId, session);
        return session;
      });
    },
  };
}

async function takeFolder(folder: string, logger: Logger): Promise<SealedSession | Interruption | undefined> {
  const names = await readdir(folder);
  const sealed = names.includes('manifest.json');
  if (sealed && names.includes(ACKNOWLEDGED) && (await erasuresAsked(folder)).length === 0) return undefined;
  const interruption = sealed ? undefined : await readInterruption(folder);
  if (interruption !== undefined) {
    const { sessionId } = interruption.header;
    if (path.basename(folder) !== sessionId)
      throw new Error(`it is not named after its session, ${sessionId}`);
    logger.warn({ sessionId }, 'a session was interrupted');
    return interruption;
  }
  const manifest = await recoverSession(folder);
  const { sessionId, durationUs } = manifest;
  if (!sealed) logger.warn({ sessionId, durationUs }, 'an unsealed session was recovered');
  return sealedSession(folder, manifest);
}
