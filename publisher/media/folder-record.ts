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

/** Writes a record and its way to the disk. False when another body of the same size and time has a different one. */
export async function writeRecord(
  root: string,
  key: string,
  version: string,
  record: FolderRecord,
): Promise<boolean> {
  const target = recordPath(root, key, version);
  const text = JSON.stringify(record);
  await mkdir(path.dirname(target), { recursive: true });
  let file: FileHandle;
  try {
    file = await open(target, 'wx');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return (await readFile(target, 'utf8')) === text;
  }
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}

export async function removeRecord(root: string, key: string, version: string): Promise<void> {
  await rm(recordPath(root, key, version), { force: true });
}

/**
 * The record of an open file. Where it is gone or torn (a copy without times, a file put there by hand, a power cut), it
 * is derived: the hash from the bytes, the type from the key's ending.
 */
export async function readRecord(
  root: string,
  key: string,
  fd: number,
  stats: BigIntStats,
): Promise<FolderRecord> {
  try {
    const text = await readFile(recordPath(root, key, versionOf(stats)), 'utf8');
    return recordShape.parse(JSON.parse(text));
  } catch {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream('', { fd, start: 0, autoClose: false }))
      hash.update(chunk as Uint8Array);
    return { contentType: typeByEnding(key), sha256: hash.digest('hex') };
  }
}
