/**
 * One publisher of a show at a time, where the media store cannot compare and swap: two that look and then write would take turns
 * in undoing each other's feed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MediaStore } from '../../publisher/media/store.ts';
import type { Leases } from '../catalog/index.ts';

/** Longer than a publication takes; a process that dies in one holds up the others for so long. */
const HELD_SECONDS = 120;
const RENEWED_EVERY_MS = 30_000;
const LOOK_AGAIN_MS = 500;

export interface LeasePlace {
  leases: Leases;
  media: Pick<MediaStore, 'conditionalPuts'>;
  logger: Pick<Logger, 'warn'>;
  /** Ends the wait for a turn. */
  signal?: AbortSignal | undefined;
}

export async function underLease<T>(
  { leases, media, logger, signal }: LeasePlace,
  showId: string,
  run: () => Promise<T>,
): Promise<T> {
  if (await media.conditionalPuts()) return run();
  const name = `feed ${showId}`;
  const holder = randomUUID();
  while (!(await leases.take(name, holder, HELD_SECONDS))) await wait(LOOK_AGAIN_MS, undefined, { signal });
  const renewing = setInterval(() => {
    // What cannot be renewed ends by itself; the revision in the feed is looked at before and after.
    leases.take(name, holder, HELD_SECONDS).catch(() => undefined);
  }, RENEWED_EVERY_MS);
  try {
    return await run();
  } finally {
    clearInterval(renewing);
    // One that is not given back ends by itself, and how the publication ended is not changed by it.
    await leases
      .giveBack(name, holder)
      .catch((error: unknown) => logger.warn({ err: error, showId }, 'A lease could not be given back'));
  }
}
