/** Where a run of the demo leaves its files. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { makeDataFolder } from '../cli/data-folder.ts';
import { RequestError } from '../cli/request-error.ts';

/** `<folder>/2026-11-23T14-05-09`: each run leaves its files to be looked at, about 75 MB. Throws RequestError. */
export async function makeRunFolder(folder: string): Promise<string> {
  try {
    await makeDataFolder(folder);
    return await freshFolder(path.join(folder, new Date().toISOString().slice(0, 19).replaceAll(':', '-')));
  } catch (cause) {
    throw new RequestError(
      `The demo keeps its files in ${folder}, which cannot be used (${(cause as Error).message}). ` +
        'Let this user write there, or run it where they may.',
      { cause },
    );
  }
}

async function freshFolder(name: string): Promise<string> {
  for (let run = 1; ; run += 1) {
    const own = run === 1 ? name : `${name}-${run}`;
    try {
      await mkdir(own);
      return own;
    } catch (error) {
      // Another demo began in this very second.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
