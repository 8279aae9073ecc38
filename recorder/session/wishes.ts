/**
 * Who asked to be erased from a session: a file in `erasing/` for each, named after the person, from the moment they say so
 * until it is done. While it stands, no reader of the folder is shown their tracks; a running session is erased at its end.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Files, nodeFiles } from './files.ts';

const erasingFolder = (folder: string): string => path.join(folder, 'erasing');

/** Resolves when the wish is on the disk. */
export async function requestErasure(
  folder: string,
  userId: string,
  files: Files = nodeFiles,
): Promise<void> {
  await mkdir(erasingFolder(folder), { recursive: true });
  const wish = path.join(erasingFolder(folder), userId);
  if (!existsSync(wish)) files.open(wish, 'create').close();
  await files.syncFolder(erasingFolder(folder));
  await files.syncFolder(folder);
}

/** Whom the folder still holds and should not. */
export const erasuresAsked = (folder: string): Promise<string[]> => namesIn(erasingFolder(folder));

/** What was asked for is done. */
export async function withdrawWishes(folder: string, userIds: Iterable<string>, files: Files): Promise<void> {
  for (const userId of userIds) await rm(path.join(erasingFolder(folder), userId), { force: true });
  await files.syncFolder(erasingFolder(folder));
}

/** None of a folder that is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
