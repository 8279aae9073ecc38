/** Publishing a show, and telling the hosts of each published episode whether it stands in the feed. */
import { type PublishedFeed, publishShow } from '../../publisher/site/publish-show.ts';
import type { PublishingMemory } from '../../publisher/site/publishing-memory.ts';
import { NotInCatalogError, StateError } from '../catalog/index.ts';
import { placeMedia } from './place-media.ts';
import type { WorkersOptions } from './index.ts';

export type PublishingOptions = Pick<
  WorkersOptions,
  'catalog' | 'media' | 'baseUrl' | 'mediaAddress' | 'scratchFolder' | 'logger'
> & {
  /** What this process remembers of what it has published. */
  memory?: PublishingMemory;
};

/** An episode that is left out has its failure say why, until it is whole again. Throws as `publishShow` does. */
export async function publishAndTell(options: PublishingOptions, showId: string): Promise<PublishedFeed> {
  const { catalog, media, logger } = options;
  const former = await placeMedia(options, showId);
  const feed = await publishShow(
    { ...options, onFeed: (feedKey) => catalog.notify({ type: 'feed', showId, feedKey }) },
    showId,
  );
  for (const key of former) await media.delete(key);
  await catalog.retiredMedia.forget(former);
  const note = async (episodeId: string, failure: string | null) => {
    try {
      await catalog.episodes.noteFault(episodeId, failure);
    } catch (error) {
      // On its way somewhere else: whoever has it there says how that ends.
      if (!(error instanceof StateError || error instanceof NotInCatalogError)) throw error;
    }
  };
  for (const { episodeId, message } of feed.leftOut) {
    logger.error({ episodeId, showId, reason: message }, 'An episode is left out of its feed');
    await note(episodeId, message);
  }
  for (const { episodeId, failure } of feed.episodes) if (failure !== null) await note(episodeId, null);
  return feed;
}
