/** The producer's download: a session's tracks as one zip, for whoever holds a signed link that has not ended. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from 'hono';
import { readSession, type RecordedSession } from '../../recorder/session/reader.ts';
import type { Guilds, Sessions, Shows } from '../../src/catalog/index.ts';
import { attachment } from '../media/attachment.ts';
import { checkLink, type LinkVerdict } from '../media/signed-link.ts';
import { toWebStream } from '../media/web-stream.ts';
import { sessionName } from '../../src/mastering/exports/file-names.ts';
import { openRawArchive, rawArchiveBytes } from './raw-archive.ts';
import { rawTrackEntries } from './raw-tracks.ts';

export interface RawDownloadOptions {
  catalog: {
    guilds: Pick<Guilds, 'byId'>;
    shows: Pick<Shows, 'byId'>;
    sessions: Pick<Sessions, 'byId'>;
  };
  /** Session folders stand in it under their ids. */
  sessionsFolder: string;
  signingKey: Uint8Array;
  nowMs: () => number;
}

/** Why there is no download, for the page that says so. */
export type RawDownloadRefusal = Exclude<LinkVerdict, 'valid'> | 'gone' | 'empty';

export async function answerRawDownload(
  c: Context,
  sessionId: string,
  { catalog, sessionsFolder, signingKey, nowMs }: RawDownloadOptions,
): Promise<Response | RawDownloadRefusal> {
  const query = { expires: c.req.query('expires'), signature: c.req.query('signature') };
  const verdict = checkLink(signingKey, 'rawTracks', sessionId, query, nowMs());
  if (verdict !== 'valid') return verdict;

  const session = await readUnlessGone(path.join(sessionsFolder, sessionId));
  if (session === undefined) return 'gone';
  if (session.tracks.length === 0) return 'empty';
  const base = await nameFor(catalog, session);
  const entries = await rawTrackEntries(session, base);
  const headers = (bytes: number) => ({
    'Content-Type': 'application/zip',
    'Content-Length': String(bytes),
    'Content-Disposition': attachment(`${base} - tracks.zip`),
    // A link that ends must not live on in a cache.
    'Cache-Control': 'private, no-store',
    'X-Robots-Tag': 'noindex',
  });
  if (c.req.method === 'HEAD')
    return new Response(null, { headers: headers(await rawArchiveBytes(entries)) });
  const { bytes, body } = await openRawArchive(entries, c.req.raw.signal);
  return new Response(toWebStream(body), { headers: headers(bytes) });
}

/** The signature covers the id, so only folders that a link of ours named are ever looked for. */
async function readUnlessGone(folder: string): Promise<RecordedSession | undefined> {
  try {
    await access(folder);
  } catch {
    return undefined;
  }
  return readSession(folder);
}

/** Day and show title; what the catalog has forgotten, the session folder still knows. */
async function nameFor(catalog: RawDownloadOptions['catalog'], session: RecordedSession): Promise<string> {
  const [row, guild] = await Promise.all([
    catalog.sessions.byId(session.sessionId),
    catalog.guilds.byId(session.guildId),
  ]);
  const show = row === undefined ? undefined : await catalog.shows.byId(row.show_id);
  return sessionName(session.startedAtMs, show?.title ?? session.title, guild?.time_zone ?? 'UTC');
}
