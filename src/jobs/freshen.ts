/** Feeds that are behind their show are written anew: at once when news of it come, and by the clock, should none have come. */
import type { WorkersOptions } from './index.ts';

type Options = Pick<WorkersOptions, 'catalog' | 'logger'>;

/** However many changes come at once, one refresh of a show waits at most. */
export async function freshen({ catalog }: Options): Promise<void> {
  for (const showId of await catalog.shows.behind()) await catalog.queue.enqueue('refresh', { showId });
}

export function startFreshening({ catalog, logger }: Options): { close(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  const unwatch = catalog.watch((event) => {
    if (event.type !== 'stale-feed') return;
    const { showId } = event;
    last = last
      .then(() => catalog.queue.enqueue('refresh', { showId }))
      .catch((error: unknown) => logger.error({ err: error, showId }, 'A refresh could not be asked for'));
  });
  return {
    async close() {
      unwatch();
      await last;
    },
  };
}
