/** Exports whose time is over: files first, then the row, so that nothing is left that nobody knows of. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { WorkersOptions } from './index.ts';

/** Only folders of exports are ours to remove. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SWEEP_EVERY_MS = 60_000;

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

/** Now, and then every minute until closed. */
export function startSweeping(options: SweepOptions): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const sweep = () => {
    running = running
      .then(() => sweepExports(options, new Date()))
      .catch((error: unknown) => options.logger.error({ err: error }, 'Exports could not be swept'));
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
