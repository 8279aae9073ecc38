/** The outlines of a session's tracks and of its master, for programs that draw them: by range, behind the link to its tracks. */
import { close, createReadStream, fstat, open } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'hono';
import { peaksFile, peaksFolder } from '../../src/mastering/peaks-file.ts';
import { orUndefined } from '../media/folder-disk.ts';
import { serveBody } from '../media/serve.ts';
import { checkLink } from '../media/signed-link.ts';
import type { RawDownloadOptions, RawDownloadRefusal } from './raw-download.ts';

const [openFile, statFile, closeFile] = [promisify(open), promisify(fstat), promisify(close)];

export type PeaksRefusal = Exclude<RawDownloadRefusal, 'empty'> | 'no-peaks';

/** @param track - its number, or `master` */
export async function answerPeaks(
  c: Context,
  { sessionId, track, zoom }: { sessionId: string; track: string; zoom: string },
  { sessionsFolder, signingKey, nowMs }: Omit<RawDownloadOptions, 'catalog'>,
): Promise<Response | PeaksRefusal> {
  const query = { expires: c.req.query('expires'), signature: c.req.query('signature') };
  const verdict = checkLink(signingKey, 'rawTracks', sessionId, query, nowMs());
  if (verdict !== 'valid') return verdict;
  const sessionFolder = path.join(sessionsFolder, sessionId);
  const folder = peaksFolder(sessionFolder, track === 'master' ? track : Number(track));
  // A render may put another file in its place at any moment: what is open stays one file.
  const fd = await orUndefined(openFile(peaksFile(folder, 'peaks', Number(zoom)), 'r'));
  if (fd === undefined)
    return (await orUndefined(access(sessionFolder).then(() => true))) ? 'no-peaks' : 'gone';
  const file = { handedOver: false };
  try {
    const { size, mtimeNs, mtime, ino } = await statFile(fd, { bigint: true });
    const etag = `"${[ino, mtimeNs, size].map((part) => part.toString(36)).join('-')}"`;
    return serveBody(
      c,
      {
        bytes: Number(size),
        contentType: 'application/octet-stream',
        etag,
        lastModified: mtime,
        cacheControl: 'private, no-cache',
      },
      ({ first, last }) => {
        file.handedOver = true;
        return createReadStream('', { fd, start: first, end: last });
      },
      { nowMs, more: { 'X-Robots-Tag': 'noindex' } },
    );
  } finally {
    if (!file.handedOver) await closeFile(fd);
  }
}
