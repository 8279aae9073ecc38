/** Small steps on the disk that a folder store needs to be whole after any crash. */
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const STALE_STAGING_MS = 24 * 3600 * 1000;

/** Undefined where a path leads nowhere; every other failure stays one. */
export async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  });
}

/** Makes a folder and, where it is new, brings the names on the way from the root to the disk. */
export async function makeDurableFolder(target: string, root: string): Promise<void> {
  if ((await mkdir(target, { recursive: true })) === undefined) return;
  for (let at = target; at.length > root.length; at = path.dirname(at)) await syncFolder(path.dirname(at));
}

export async function syncFolder(target: string): Promise<void> {
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what puts of a killed process left behind, but nothing that another process may still be writing. */
export async function sweepStaging(staging: string): Promise<void> {
  for (const name of await readdir(staging)) {
    const left = path.join(staging, name);
    const stats = await orUndefined(stat(left));
    if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_STAGING_MS)
      await rm(left, { recursive: true, force: true });
  }
}
