/** Rebuilds the catalog's sessions from the session folders alone. Folders are read and never changed. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readSession, type RecordedSession } from '../../../recorder/session/reader.ts';
import { ConfigError } from '../../config.ts';
import type { Catalog, CatalogTransaction, Session } from '../../catalog/index.ts';

/** What became of a folder, or of a row without one. */
export type Finding =
  /** It was not in the catalog, or not to its end. */
  | { kind: 'taken-in'; folder: string; session: RecordedSession; showTitle: string }
  | { kind: 'known'; folder: string; session: RecordedSession }
  /** It was cut short, or it records now: the recorder goes on with it or seals it. */
  | { kind: 'open'; folder: string; session: RecordedSession }
  | { kind: 'unreadable'; folder: string; problem: string }
  | { kind: 'no-folder'; session: Session };

export interface RescanOptions {
  catalog: Catalog;
  sessionsFolder: string;
  /** What a server is called that the catalog does not know. */
  nameOfGuild: (guildId: string) => Promise<string>;
  /** Of the sessions folder. */
  entries: readonly Dirent[];
}

/** None in an installation that has not recorded yet. Throws ConfigError where the folder cannot be read. */
export async function sessionEntries(sessionsFolder: string): Promise<Dirent[]> {
  try {
    return await readdir(sessionsFolder, { withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new ConfigError([
      `The recordings cannot be read (${(cause as Error).message}). Let this user read ${sessionsFolder}, or correct DATA_FOLDER`,
    ]);
  }
}

/** Takes in what is missing; a second run finds nothing to do. */
export async function rescanSessions(options: RescanOptions): Promise<Finding[]> {
  const { catalog, entries } = options;
  const findings: Finding[] = [];
  // What is neither a plain file nor a folder (a link, a kind the file system does not tell) may lead to one.
  const folders = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  for (const folder of folders.sort()) findings.push(await lookAt(folder, options));
  for (const session of await catalog.sessions.listAll())
    // A recording that came to nothing leaves none behind.
    if (session.state !== 'failed' && !folders.includes(session.id))
      findings.push({ kind: 'no-folder', session });
  return findings;
}

async function lookAt(folder: string, options: RescanOptions): Promise<Finding> {
  const { catalog, sessionsFolder, nameOfGuild } = options;
  let session: RecordedSession;
  try {
    if (!(await stat(path.join(sessionsFolder, folder))).isDirectory())
      return { kind: 'unreadable', folder, problem: 'It is no folder.' };
    session = await readSession(path.join(sessionsFolder, folder));
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    return { kind: 'unreadable', folder, problem: `${message}${why}` };
  }
  if (session.sessionId !== folder) {
    const problem = `its journal is that of session ${session.sessionId}: give the folder this name`;
    return { kind: 'unreadable', folder, problem };
  }
  if (!session.sealed) return { kind: 'open', folder, session };
  const row = await catalog.sessions.byId(folder);
  if (row?.state === 'sealed') return { kind: 'known', folder, session };
  const { guildId } = session;
  const name = (await catalog.guilds.byId(guildId))?.name ?? (await nameOfGuild(guildId));
  const showTitle = await catalog.transaction((trx) =>
    takeIn(trx, { session, guild: { id: guildId, name } }),
  );
  return { kind: 'taken-in', folder, session, showTitle };
}

interface Found {
  session: RecordedSession;
  guild: { id: string; name: string };
}

/**
 * The folder does not name its show: one that the catalog still has keeps it, any other comes to its server's own. An
 * episode is made as at the end of every recording, because without one nobody gets at the session.
 */
async function takeIn(trx: CatalogTransaction, { session, guild }: Found): Promise<string> {
  const { sessionId, durationUs, startedAtMs, tracks } = session;
  const known = await trx.sessions.byId(sessionId);
  const show = (known && (await trx.shows.byId(known.show_id))) ?? (await trx.shows.createDefaultFor(guild));
  if (known === undefined)
    await trx.sessions.create({
      ...{ id: sessionId, guildId: guild.id, showId: show.id, channelId: session.channelId },
      ...{ title: session.title, startedBy: session.startedByUserId, startedAt: new Date(startedAtMs) },
    });
  const endedAt = new Date(startedAtMs + durationUs / 1000);
  const sealed = await trx.sessions.seal(sessionId, { endedAt, durationUs, speakers: tracks.length });
  if (sealed !== undefined && tracks.length > 0) {
    const episode = await trx.episodes.createForSession(sealed);
    await trx.queue.enqueue('master', { sessionId, episodeId: episode.id });
  }
  return show.title;
}
