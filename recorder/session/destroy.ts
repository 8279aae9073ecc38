/** Removes what somebody said: overwritten first, because the file system may give its blocks to somebody else as they are. */
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Files } from './files.ts';

const ZEROS = Buffer.alloc(1 << 20);

/** Overwrites a file, then removes it; when there is none, nothing. */
export async function destroy(file: string, files: Files): Promise<void> {
  let size: number;
  try {
    ({ size } = await stat(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const opened = files.open(file, 'resume');
  try {
    for (let at = 0; at < size; at += ZEROS.length)
      opened.write(ZEROS.subarray(0, Math.min(ZEROS.length, size - at)), at);
    await opened.sync();
  } finally {
    opened.close();
  }
  await rm(file);
  await files.syncFolder(path.dirname(file));
}
