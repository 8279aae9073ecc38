/** The record beside a stored file: what the file system cannot keep of it, bound to one version of its body. */
import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { typeByEnding } from './key.ts';

const recordShape = z.object({
  contentType: z.string(),
  cacheControl: z.string().optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  metadata: z.record(z.string(), z.string()).default({}),
});
export type FolderRecord = z.infer<typeof recordShape>;

const META = '.meta';

/** The modification time to the nearest millisecond: tools that copy times cut them off below that, some a little short. */
export function mtimeMsOf(stats: BigIntStats): number {
  return Number((stats.mtimeNs + 500_000n) / 1_000_000n);
}

/** Names one body of a key; a copy that keeps modification times keeps it too. */
export function versionOf(stats: BigIntStats): string {
  return `${stats.size}-${mtimeMsOf(stats)}`;
}

const recordPath = (root: string, key: string, version: string) =>
  path.join(root, META, key, `${version}.json`);

/**
 * Writes a record and its way to the disk. False when a body of the same size and time has one already, be it the same: each
 * body has a record of its own, which goes with it.
 */
export async function writeRecord(
  root: string,
  key: string,
  version: string,
  record: FolderRecord,
): Promise<boolean> {
  const target = recordPath(root, key, version);
  await mkdir(path.dirname(target), { recursive: true });
  let file: FileHandle;
  try {
    file = await open(target, 'wx');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return false;
  }
  try {
    await file.writeFile(JSON.stringify(record));
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}

export async function removeRecord(root: string, key: string, version: string): Promise<void> {
  recent.delete(recordPath(root, key, version));
  await rm(recordPath(root, key, version), { force: true });
}

/**
 * What was read lately: to open, read and take apart a record costs a range of a megabyte more than its own bytes. One of a
 * version never changes; those of versions that stand no more are asked for by nobody.
 */
const recent = new Map<string, FolderRecord>();
const MOST_RECENT = 2_000;

/** The record of one version; undefined where it is gone or torn (a copy without times, a file put there by hand, a power cut). */
export async function readRecord(
  root: string,
  key: string,
  version: string,
): Promise<FolderRecord | undefined> {
  const file = recordPath(root, key, version);
  const known = recent.get(file);
  if (known !== undefined) return known;
  try {
    const record = recordShape.parse(JSON.parse(await readFile(file, 'utf8')));
    recent.set(file, record);
    const [oldest] = recent.keys();
    if (recent.size > MOST_RECENT && oldest !== undefined) recent.delete(oldest);
    return record;
  } catch {
    return undefined;
  }
}

/** What can be said of an open file without its record: the hash from the bytes, the type from the key's ending. */
export async function deriveRecord(key: string, fd: number): Promise<FolderRecord> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream('', { fd, start: 0, autoClose: false }))
    hash.update(chunk as Uint8Array);
  return { contentType: typeByEnding(key), sha256: hash.digest('hex'), metadata: {} };
}
