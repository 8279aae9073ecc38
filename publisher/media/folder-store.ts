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
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import {
  deriveRecord,
  type FolderRecord,
  mtimeMsOf,
  readRecord,
  removeRecord,
  versionOf,
  writeRecord,
} from './folder-record.ts';
import { fileBody } from './file-body.ts';
import { makeDurableFolder, orUndefined, sweepStaging, syncFolder } from './folder-disk.ts';
import { inTurn, STALE_TURN_MS } from './folder-turn.ts';
import { checkKey } from './key.ts';
import { checkMetadata } from './metadata.ts';
import { type MediaStore, PreconditionFailedError, type PutOptions, type StoredObject } from './store.ts';

const openFile = promisify(openDescriptor);
const statFile = promisify(fstat);
const closeFile = promisify(close);

/** Opens a store on a folder, which is made at the first `put`. Several processes may use one folder. */
export function createFolderStore(folder: string, { staleTurnMs = STALE_TURN_MS } = {}): MediaStore {
  const root = path.resolve(folder);
  const staging = path.join(root, '.staging');
  let swept: Promise<void> | undefined;
  const pathOf = (key: string) => {
    checkKey(key);
    return path.join(root, key);
  };
  const makeStaging = async () => {
    await mkdir(staging, { recursive: true });
    await (swept ??= sweepStaging(staging));
    return path.join(staging, randomUUID());
  };
  const turnAt = (key: string, entry: string) => ({ staging, key, entry, staleMs: staleTurnMs });
  /** Rejects unless the object is what a `put` wants to find. */
  const checkPrecondition = async (key: string, onlyIf: PutOptions['onlyIf']) => {
    if (onlyIf === undefined) return;
    const found = await openObject(root, key, pathOf(key));
    if (found !== undefined) await closeFile(found.fd);
    const holds = onlyIf === 'absent' ? found === undefined : found?.object.etag === onlyIf.etag;
    if (!holds) throw new PreconditionFailedError(key);
  };

  return {
    async put(key, source, { onlyIf, metadata = {}, ...options }) {
      const target = pathOf(key);
      checkMetadata(metadata);
      for (;;) {
        const staged = await makeStaging();
        let written: Staged | undefined;
        try {
          await checkPrecondition(key, onlyIf);
          const { stats, record } = (written = await stage(root, key, staged, source, {
            ...options,
            metadata,
          }));
          await makeDurableFolder(path.dirname(target), root);
          const moved = await inTurn(turnAt(key, staged), async (held) => {
            await checkPrecondition(key, onlyIf);
            const replaced = await orUndefined(stat(target, { bigint: true }));
            await rename(held, target);
            written = undefined;
            return { replaced };
          });
          if (moved === 'lost') continue;
          await syncFolder(path.dirname(target));
          if (moved.replaced !== undefined && versionOf(moved.replaced) !== versionOf(stats))
            await removeRecord(root, key, versionOf(moved.replaced));
          return objectOf(key, stats, record);
        } finally {
          await rm(staged, { force: true });
          if (written !== undefined) await removeRecord(root, key, versionOf(written.stats));
        }
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
      return { object, body: fileBody(fd, { first, last }) };
    },

    async delete(key) {
      const target = pathOf(key);
      for (;;) {
        if (!(await orUndefined(stat(target)))?.isFile()) return;
        const entry = await makeStaging();
        await mkdir(entry);
        const removed = await inTurn(turnAt(key, entry), async (held) => {
          const stats = await orUndefined(stat(target, { bigint: true }));
          if (stats?.isFile()) await rename(target, path.join(held, 'removed'));
          return { stats };
        });
        if (removed === 'lost') continue;
        if (removed.stats === undefined) return;
        await removeRecord(root, key, versionOf(removed.stats));
        await syncFolder(path.dirname(target));
        return;
      }
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

    conditionalPuts: () => Promise.resolve(true),
    // Whoever serves the folder by itself knows its address; we do not.
    publicUrl: () => undefined,
  };
}

function objectOf(
  key: string,
  stats: BigIntStats,
  { contentType, cacheControl, sha256, metadata }: FolderRecord,
): StoredObject {
  return {
    key,
    bytes: Number(stats.size),
    contentType,
    cacheControl,
    etag: `"${sha256.slice(0, 32)}"`,
    sha256,
    lastModified: new Date(mtimeMsOf(stats)),
    metadata,
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
  for (;;) {
    const fd = await orUndefined(openFile(target, 'r'));
    if (fd === undefined) return undefined;
    try {
      const stats = await statFile(fd, { bigint: true });
      if (!stats.isFile()) {
        await closeFile(fd);
        return undefined;
      }
      const record = await readRecord(root, key, versionOf(stats));
      if (record !== undefined) return { fd, object: objectOf(key, stats, record) };
      // Replaced while we looked, it took its record with it: what stands there now has its own.
      const now = await orUndefined(stat(target, { bigint: true }));
      if (now?.ino === stats.ino) return { fd, object: objectOf(key, stats, await deriveRecord(key, fd)) };
    } catch (error) {
      await closeFile(fd);
      throw error;
    }
    await closeFile(fd);
  }
}

/** A body that waits for its turn, and the record that stands for it already. */
interface Staged {
  stats: BigIntStats;
  record: FolderRecord;
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
  options: Omit<FolderRecord, 'sha256'>,
): Promise<Staged> {
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
