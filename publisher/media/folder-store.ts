/**
 * The media store on a folder. A key is a path, so that any static web server can serve the folder as it stands.
 *
 * What a file system cannot keep (content type, cache control, SHA-256) stands in `.meta/<key>/<version>.json`, where
 * the version is the size and modification time of the very file it describes. It is written before the body is renamed
 * into place: the rename alone makes body and record appear together, and a reader holding the old body never pairs it
 * with the new record.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type FolderRecord, readRecord, removeRecord, versionOf, writeRecord } from './folder-record.ts';
import { checkKey } from './key.ts';
import type { MediaStore, StoredObject } from './store.ts';

const READ_BYTES = 256 * 1024; // smaller chunks make the event loop, not the disk, the bound
const STALE_STAGING_MS = 24 * 3600 * 1000;

/** Opens a store on a folder, which is made at the first `put`. Several processes may use one folder. */
export function createFolderStore(folder: string): MediaStore {
  const root = path.resolve(folder);
  const staging = path.join(root, '.staging');
  let swept: Promise<void> | undefined;
  const pathOf = (key: string) => {
    checkKey(key);
    return path.join(root, key);
  };

  return {
    async put(key, source, { contentType, cacheControl }) {
      const target = pathOf(key);
      await mkdir(staging, { recursive: true });
      await (swept ??= sweepStaging(staging));
      const temporary = path.join(staging, randomUUID());
      try {
        const record: FolderRecord = {
          contentType,
          cacheControl,
          sha256: await writeWhole(temporary, source),
        };
        const stats = await describe(root, key, temporary, record);
        await makeDurableFolder(path.dirname(target), root);
        const replaced = await orUndefined(stat(target, { bigint: true }));
        await rename(temporary, target);
        await syncFolder(path.dirname(target));
        if (replaced !== undefined && versionOf(replaced) !== versionOf(stats))
          await removeRecord(root, key, versionOf(replaced));
        return objectOf(key, stats, record);
      } finally {
        await rm(temporary, { force: true });
      }
    },

    async head(key) {
      const found = await openObject(root, key, pathOf(key));
      await found?.file.close();
      return found?.object;
    },

    async read(key, range) {
      const found = await openObject(root, key, pathOf(key));
      if (found === undefined) return undefined;
      const { file, object } = found;
      if (object.bytes === 0) {
        await file.close();
        return { object, body: Readable.from([]) };
      }
      const { first, last } = range ?? { first: 0, last: object.bytes - 1 };
      const body = createReadStream('', { fd: file, start: first, end: last, highWaterMark: READ_BYTES });
      return { object, body };
    },

    async delete(key) {
      const target = pathOf(key);
      const stats = await orUndefined(stat(target, { bigint: true }));
      if (!stats?.isFile()) return;
      await orUndefined(unlink(target));
      await removeRecord(root, key, versionOf(stats));
      await syncFolder(path.dirname(target));
    },

    async list(prefix) {
      const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (parent !== '') checkKey(parent.slice(0, -1));
      const start = path.join(root, parent);
      const entries = await orUndefined(readdir(start, { recursive: true, withFileTypes: true }));
      return (entries ?? [])
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
        .filter((key) => key.startsWith(prefix) && !key.startsWith('.'))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    },
  };
}

/** Undefined where a path leads nowhere; every other failure stays one. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  });
}

type Stats = Awaited<ReturnType<typeof stat>> & { size: bigint; mtimeNs: bigint; mtimeMs: bigint };

function objectOf(
  key: string,
  stats: Stats,
  { contentType, cacheControl, sha256 }: FolderRecord,
): StoredObject {
  return {
    key,
    bytes: Number(stats.size),
    contentType,
    cacheControl,
    etag: `"${sha256.slice(0, 32)}"`,
    sha256,
    lastModified: new Date(Number(stats.mtimeMs)),
  };
}

/** The open file and what is known of it: of one body, also while the key is being replaced. */
async function openObject(
  root: string,
  key: string,
  target: string,
): Promise<{ file: FileHandle; object: StoredObject } | undefined> {
  const file = await orUndefined(open(target, 'r'));
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat({ bigint: true });
    if (stats.isFile())
      return { file, object: objectOf(key, stats, await readRecord(root, key, file, stats)) };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/** Records the staged body under its version; of two bodies of one size and time the later one moves on a millisecond. */
async function describe(root: string, key: string, staged: string, record: FolderRecord) {
  for (;;) {
    const stats = await stat(staged, { bigint: true });
    if (await writeRecord(root, key, versionOf(stats), record)) return stats;
    const laterSeconds = Number(stats.mtimeMs + 1n) / 1000;
    await utimes(staged, laterSeconds, laterSeconds);
  }
}

/** Writes the source to a new file, through to the disk, and answers its SHA-256 in hex. */
async function writeWhole(target: string, source: { path: string } | { body: Uint8Array }): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(target, 'wx');
  try {
    const chunks: AsyncIterable<Uint8Array> | Uint8Array[] =
      'body' in source ? [source.body] : createReadStream(source.path, { highWaterMark: 1024 * 1024 });
    for await (const chunk of chunks) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/** Makes a folder and, where it is new, brings the names on the way from the root to the disk. */
async function makeDurableFolder(target: string, root: string): Promise<void> {
  if ((await mkdir(target, { recursive: true })) === undefined) return;
  for (let at = target; at.length > root.length; at = path.dirname(at)) await syncFolder(path.dirname(at));
}

async function syncFolder(target: string): Promise<void> {
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what puts of a killed process left behind, but nothing that another process may still be writing. */
async function sweepStaging(staging: string): Promise<void> {
  for (const name of await readdir(staging)) {
    const left = path.join(staging, name);
    const stats = await orUndefined(stat(left));
    if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_STAGING_MS) await rm(left, { force: true });
  }
}
