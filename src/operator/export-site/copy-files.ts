/** Files of the media store, copied into a folder as they are. Keys are never used again for other audio, so what is there stays. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkKey } from '../../../publisher/media/key.ts';
import type { MediaStore, StoredObject } from '../../../publisher/media/store.ts';
import { OperatorError } from '../operator.ts';

export interface CopyOptions {
  media: Pick<MediaStore, 'head' | 'read'>;
  folder: string;
  /** In the folder, and of this copying alone: a file appears in its place when it is whole. */
  scratch: string;
  signal: AbortSignal;
  /** 0 to 100. */
  onProgress?: ((percent: number) => void) | undefined;
}

/** Answers the keys that are in the folder now; what the store does not have is not. Throws OperatorError where room is lacking. */
export async function copyFiles(keys: readonly string[], options: CopyOptions): Promise<Set<string>> {
  const { media, folder, signal, onProgress } = options;
  const present = new Set<string>();
  const missing: StoredObject[] = [];
  for (const key of new Set(keys)) {
    signal.throwIfAborted();
    const object = await media.head(key);
    if (object === undefined) continue;
    if (await isCopied(placeOf(folder, key), object, signal)) present.add(key);
    else missing.push(object);
  }
  const neededBytes = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = await statfs(folder);
  const lacking = lackOfRoom(neededBytes, bavail * bsize);
  if (lacking !== undefined) throw new OperatorError(`${folder}: ${lacking} Nothing was written.`);
  let copiedBytes = 0;
  for (const object of missing) {
    onProgress?.(Math.floor((100 * copiedBytes) / neededBytes));
    if (await copy(object, options)) present.add(object.key);
    copiedBytes += object.bytes;
  }
  onProgress?.(100);
  return present;
}

/** For the pages, and for what else is written on that disk meanwhile. */
const SPARE_BYTES = 64 * 2 ** 20;

/** Undefined when there is enough. Pure. */
export function lackOfRoom(neededBytes: number, freeBytes: number): string | undefined {
  const lackingBytes = neededBytes + SPARE_BYTES - freeBytes;
  return lackingBytes <= 0
    ? undefined
    : `the disk lacks ${Math.ceil(lackingBytes / 2 ** 20)} MiB for ${Math.ceil(neededBytes / 2 ** 20)} MiB of files that are not there yet.`;
}

/** A key leads nowhere out of the folder. */
function placeOf(folder: string, key: string): string {
  checkKey(key);
  return path.join(folder, key);
}

async function isCopied(file: string, { bytes, sha256 }: StoredObject, signal: AbortSignal) {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size !== bytes) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex') === sha256;
}

/** False where it has gone from the store meanwhile. */
async function copy({ key }: StoredObject, { media, folder, scratch, signal }: CopyOptions) {
  const found = await media.read(key);
  if (found === undefined) return false;
  const partial = path.join(scratch, 'file');
  const hash = createHash('sha256');
  await pipeline(
    found.body,
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
    },
    createWriteStream(partial, { flush: true }),
    { signal },
  );
  if (hash.digest('hex') !== found.object.sha256)
    throw new OperatorError(`${key} in the media store is not what was put there. Put it back from a copy.`);
  await moveInto(partial, placeOf(folder, key));
  return true;
}

export async function moveInto(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  await rename(from, to);
}

/** Of an export before: what has been taken back since must not go on standing there. */
export async function sweep(folder: string, parts: readonly string[], wanted: ReadonlySet<string>) {
  for (const part of parts) {
    const entries = await readdir(path.join(folder, part), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of entries) {
      const file = path.join(entry.parentPath, entry.name);
      const key = path.relative(folder, file).split(path.sep).join('/');
      if (!entry.isDirectory() && !wanted.has(key)) await rm(file, { force: true });
    }
    const folders = entries.filter((entry) => entry.isDirectory());
    const paths = folders.map((entry) => path.join(entry.parentPath, entry.name));
    // Those that hold something stay.
    for (const each of paths.sort((a, b) => b.length - a.length)) await rmdir(each).catch(() => undefined);
  }
}
