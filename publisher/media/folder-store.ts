/**
 * The media store on a folder. A key is a path, so that any static web server can serve the folder as it stands.
 *
 * What a file system cannot keep (content type, cache control, SHA-256) stands in `.meta/<key>/<version>.json`, where
 * the version is the size and modification time of the very file it describes. It is written before the body is renamed
 * into place: the rename alone makes body and record appear together, and a reader holding the old body never pairs it
 * with the new record.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type BigIntStats, close, createReadStream, fstat, open as openDescriptor } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import {
  type FolderRecord,
  mtimeMsOf,
  readRecord,
  removeRecord,
  versionOf,
  writeRecord,
} from './folder-record.ts';
import { makeDurableFolder, orUndefined, sweepStaging, syncFolder } from './folder-disk.ts';
import { checkKey } from './key.ts';
import type { MediaStore, PutOptions, StoredObject } from './store.ts';

const openFile = promisify(openDescriptor);
const statFile = promisify(fstat);
const closeFile = promisify(close);

const READ_BYTES = 256 * 1024; // smaller chunks make the event loop, not the disk, the bound

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
        const { stats, record } = await stage(root, key, temporary, source, { contentType, cacheControl });
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
      if (found !== undefined) await closeFile(found.fd);
      return found?.object;
    },

    async read(key, range) {
      const found = await openObject(root, key, pathOf(key));
      if (found === undefined) return undefined;
      const { fd, object } = found;
      if (object.bytes === 0) {
        await closeFile(fd);
        return { object, body: Readable.from([]) };
      }
      const { first, last } = range ?? { first: 0, last: object.bytes - 1 };
      const body = createReadStream('', { fd, start: first, end: last, highWaterMark: READ_BYTES });
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

function objectOf(
  key: string,
  stats: BigIntStats,
  { contentType, cacheControl, sha256 }: FolderRecord,
): StoredObject {
  return {
    key,
    bytes: Number(stats.size),
    contentType,
    cacheControl,
    etag: `"${sha256.slice(0, 32)}"`,
    sha256,
    lastModified: new Date(mtimeMsOf(stats)),
  };
}

/**
 * The open file and what is known of it: of one body, also while the key is being replaced. A bare descriptor, because a
 * forgotten FileHandle ends the process when it is collected, and not every body that is handed out is read.
 */
async function openObject(
  root: string,
  key: string,
  target: string,
): Promise<{ fd: number; object: StoredObject } | undefined> {
  const fd = await orUndefined(openFile(target, 'r'));
  if (fd === undefined) return undefined;
  try {
    const stats = await statFile(fd, { bigint: true });
    if (stats.isFile()) return { fd, object: objectOf(key, stats, await readRecord(root, key, fd, stats)) };
  } catch (error) {
    await closeFile(fd);
    throw error;
  }
  await closeFile(fd);
  return undefined;
}

/**
 * Writes the body to a new file, through to the disk, and records what is known of it. Two bodies of one size and time
 * would share a version, so the later one moves on by a millisecond.
 */
async function stage(
  root: string,
  key: string,
  staged: string,
  source: { path: string } | { body: Uint8Array },
  options: PutOptions,
): Promise<{ stats: BigIntStats; record: FolderRecord }> {
  const hash = createHash('sha256');
  const file = await open(staged, 'wx');
  try {
    const chunks: AsyncIterable<Uint8Array> | Uint8Array[] =
      'body' in source ? [source.body] : createReadStream(source.path, { highWaterMark: 1024 * 1024 });
    for await (const chunk of chunks) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    const record = { ...options, sha256: hash.digest('hex') };
    let stats: BigIntStats;
    let mtimeMs = Date.now();
    do {
      const mtime = new Date(mtimeMs++);
      await file.utimes(mtime, mtime);
      stats = await file.stat({ bigint: true });
    } while (!(await writeRecord(root, key, versionOf(stats), record)));
    await file.sync();
    return { stats, record };
  } finally {
    await file.close();
  }
}
