/** Exports whose time is over: files first, then the row, so that nothing is left that nobody knows of. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { WorkersOptions } from './index.ts';

/** Only folders of exports are ours to remove. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type SweepOptions = Pick<WorkersOptions, 'catalog' | 'exportsFolder' | 'logger'>;

/** Once: what has expired by `now`, and folders that the catalog has never heard of or has lost. */
export async function sweepExports(
  { catalog, exportsFolder, logger }: SweepOptions,
  now: Date,
): Promise<void> {
  for (const { id } of await catalog.exports.listExpired(now)) {
    await rm(path.join(exportsFolder, id), { recursive: true, force: true });
    await catalog.exports.remove(id);
    logger.info({ exportId: id }, 'An export has expired');
  }
  for (const name of await readdir(exportsFolder))
    if (UUID.test(name) && (await catalog.exports.byId(name)) === undefined)
      await rm(path.join(exportsFolder, name), { recursive: true, force: true });
}
