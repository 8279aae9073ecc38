/** What was made for producers: a page that lists it, each file, and all of them as one zip; by range, behind a signed link. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from 'hono';
import type { Export, Exports } from '../../src/catalog/index.ts';
import { readZip } from '../../src/mastering/exports/zip-body.ts';
import { layOutZip } from '../../src/mastering/exports/zip.ts';
import { attachment } from '../media/attachment.ts';
import { serveBody } from '../media/serve.ts';
import { checkLink, type LinkVerdict } from '../media/signed-link.ts';

export interface ExportDownloadOptions {
  catalog: { exports: Pick<Exports, 'byId'> };
  /** Folders of exports stand in it under their ids. */
  exportsFolder: string;
  signingKey: Uint8Array;
  nowMs: () => number;
}

/** Why there is nothing to see, for the page that says so. */
export type ExportRefusal = Exclude<LinkVerdict, 'valid'> | 'gone' | 'unfinished';

export async function findExport(
  c: Context,
  exportId: string,
  { catalog, signingKey, nowMs }: ExportDownloadOptions,
): Promise<Export | ExportRefusal> {
  const query = { expires: c.req.query('expires'), signature: c.req.query('signature') };
  const verdict = checkLink(signingKey, 'export', exportId, query, nowMs());
  if (verdict !== 'valid') return verdict;
  const found = await catalog.exports.byId(exportId);
  if (found === undefined) return 'gone';
  return found.expires_at !== null && found.expires_at.getTime() <= nowMs() ? 'expired' : found;
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.opus': 'audio/ogg',
  '.txt': 'text/plain; charset=utf-8',
  '.lof': 'text/plain; charset=utf-8',
};

/** One file by its place in the list, or all of them: `zip`. An export never changes under its id, so its ETag is its name. */
export async function answerExportFile(
  c: Context,
  which: string,
  options: ExportDownloadOptions & { exportId: string },
): Promise<Response | ExportRefusal> {
  const { exportId, exportsFolder, nowMs } = options;
  const found = await findExport(c, exportId, options);
  if (typeof found === 'string') return found;
  if (found.state !== 'ready' || found.ready_at === null) return 'unfinished';
  const folder = path.join(exportsFolder, exportId);
  const files = found.files.map((file) => ({ ...file, path: path.join(folder, file.name) }));
  const wanted = which === 'zip' ? files : files.slice(Number(which), Number(which) + 1);
  if (wanted.length === 0 || !(await allThere(wanted))) return 'gone';
  const common = {
    etag: `"${exportId}-${which}"`,
    lastModified: found.ready_at,
    // To be resumed it may be kept; a link that ends must not live on in a cache that others share.
    cacheControl: 'private, no-cache',
  };
  const more = (name: string) => ({
    'Content-Disposition': attachment(name),
    'X-Robots-Tag': 'noindex',
  });
  if (which === 'zip') {
    const layout = layOutZip(files.map((file) => ({ ...file, modifiedAt: found.created_at })));
    const body = { ...common, bytes: layout.bytes, contentType: 'application/zip' };
    const paths = files.map((file) => file.path);
    return serveBody(c, body, (range) => readZip(layout, paths, range), {
      ...{ nowMs, more: more(`${found.name} - tracks.zip`) },
    });
  }
  const [file] = wanted as [(typeof files)[number]];
  const contentType = MIME_TYPES[path.extname(file.name)] ?? 'application/octet-stream';
  return serveBody(
    c,
    { ...common, bytes: file.bytes, contentType },
    ({ first, last }) => createReadStream(file.path, { start: first, end: last }),
    { nowMs, more: more(file.name) },
  );
}

/** The folder may be gone before its row, and a disk may have been restored without it. */
async function allThere(files: readonly { path: string; bytes: number }[]): Promise<boolean> {
  for (const file of files) {
    const found = await stat(file.path).catch(() => undefined);
    if (found?.size !== file.bytes) return false;
  }
  return true;
}
