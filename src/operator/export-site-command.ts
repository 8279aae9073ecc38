/** `stagecast export-site`: everything that is published as a folder for another web server. */
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { webUrl } from '../setting-types.ts';
import { exportSite, MARKER } from './export-site/export-site.ts';
import { type Operator, type OperatorCommand, OperatorError } from './operator.ts';

export const exportSiteArgs = z.object({
  /** Absolute: whoever carries it out may work elsewhere. */
  folder: z.string().max(1000).refine(path.isAbsolute),
  baseUrl: webUrl('https://static.example/podcasts').optional(),
});

export const exportSiteCommand: OperatorCommand<z.infer<typeof exportSiteArgs>> = async (
  operator,
  { folder, baseUrl = operator.config.http.baseUrl },
) => {
  const { catalog, media, say, progress, signal } = operator;
  try {
    await checkFolder(operator, folder);
    if ((await catalog.shows.listPublished()).length === 0)
      throw new OperatorError('No show has published anything yet.');
    const options = { catalog, media, folder, baseUrl, signal, onProgress: progress };
    const { shows, leftOut } = await exportSite(options);
    for (const { title, feedUrl, inFeed } of shows)
      say(`“${title}”, ${inFeed} episode${inFeed === 1 ? '' : 's'}: ${feedUrl}`);
    for (const line of leftOut) say(`Left out: ${line}`);
    say(`All of it is in ${folder}; README.txt there says how to serve it.`);
    return leftOut.length === 0 ? 0 : 1;
  } catch (error) {
    if (signal.aborted) {
      say(`Stopped. ${GOES_ON}`);
      return 1;
    }
    throw wordFault(error, folder);
  }
};

const GOES_ON =
  'What an export before has left there is whole; the same command goes on where this one ended.';

async function checkFolder({ config }: Operator, folder: string): Promise<void> {
  const within = path.relative(await realPlace(config.dataFolder), await realPlace(folder));
  if (!within.startsWith('..') && !path.isAbsolute(within))
    throw new OperatorError(`${folder} is in the data folder. Name one outside it.`);
  const there = await readdir(folder).catch((error: unknown): string[] => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  });
  if (there.length > 0 && !there.includes(MARKER))
    throw new OperatorError(
      `${folder} holds other files. Name an empty folder, a new one, or one of an export before.`,
    );
}

/** Through symbolic links, also where the last parts are not there yet. */
async function realPlace(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(await realPlace(parent), path.basename(folder));
  }
}

/** errno(3): what a person can mend. */
const FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
  EROFS: 'its disk can only be read',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOTDIR: 'a part of it is a file',
};

function wordFault(error: unknown, folder: string): unknown {
  const { code = '', path: place = folder } = (error ?? {}) as NodeJS.ErrnoException;
  const why = FAULTS[code];
  // The files that are copied have faults of their own.
  return why === undefined || !place.startsWith(folder)
    ? error
    : new OperatorError(`${folder} cannot be written: ${why}. ${GOES_ON}`);
}
