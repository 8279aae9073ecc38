/** An eye on the feeds, by the clock: what lasts is kept in the catalog, for whoever tells it. */
import { randomUUID } from 'node:crypto';
import { periodically } from '../jobs/periodically.ts';
import { type HealthOptions, lookAtHealth } from './look.ts';
import { createSteady } from './steady.ts';
import { troublesOf } from './troubles.ts';

const EVERY_MS = 2 * 60_000;
/** Where several workers run, one looks; should it die, another does. */
const HELD_SECONDS = 5 * 60;
const LEASE = 'health';

export interface WatchOptions extends HealthOptions {
  /** A bot tells the operator on Discord; otherwise the log does. */
  isTold: boolean;
  everyMs?: number;
}

export function watchHealth(options: WatchOptions): { close(): Promise<void> } {
  const { catalog, logger, isTold, everyMs = EVERY_MS } = options;
  const holder = randomUUID();
  let steady: ReturnType<typeof createSteady> | undefined;
  const look = async () => {
    if (!(await catalog.leases.take(LEASE, holder, HELD_SECONDS))) return;
    steady ??= createSteady(await catalog.feedHealth.troubles());
    await catalog.feedHealth.setTroubles(steady(troublesOf(await lookAtHealth(options))));
    if (isTold) return;
    for (const { said, isOver, since } of await catalog.feedHealth.takeNews())
      if (isOver) logger.info({ since }, `Over: ${said}`);
      else logger.error({ since }, said);
  };
  const turns = periodically({ what: 'Looking after the feeds', everyMs, run: look }, logger);
  return {
    async close() {
      await turns.close();
      await catalog.leases.giveBack(LEASE, holder);
    },
  };
}
