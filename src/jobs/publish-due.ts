/** Episodes whose moment has come are published: also what was missed while nothing of ours ran. */
import { NotInCatalogError, StateError } from '../catalog/index.ts';
import type { WorkersOptions } from './index.ts';

/** Each in a transaction of its own; one that somebody has moved on meanwhile is left alone. */
export async function publishDue(
  { catalog, logger }: Pick<WorkersOptions, 'catalog' | 'logger'>,
  now: Date,
): Promise<void> {
  for (const { id: episodeId, guildId, publishAt } of await catalog.episodes.due(now))
    try {
      await catalog.transaction(async (trx) => {
        await trx.episodes.publish(guildId, episodeId, publishAt);
        await trx.queue.enqueue('publish', { episodeId });
      });
      logger.info({ episodeId, publishAt }, 'Published as planned');
    } catch (error) {
      if (!(error instanceof StateError || error instanceof NotInCatalogError)) throw error;
    }
}
