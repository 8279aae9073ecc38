/** Publishing a show, and telling the hosts of each published episode whether it stands in the feed. */
import { isEnclosureFault } from '../../publisher/site/enclosures.ts';
import { sentence } from '../../publisher/site/gate.ts';
import { type PublishedFeed, publishShow } from '../../publisher/site/publish-show.ts';
import type { PublishingMemory } from '../../publisher/site/publishing-memory.ts';
import { NotInCatalogError, showFeedSettings, StateError } from '../catalog/index.ts';
import { underLease } from './feed-lease.ts';
import { noteFeed, noteRefusal } from './feed-report.ts';
import type { WorkersOptions } from './index.ts';
import { placeMedia } from './place-media.ts';

export type PublishingOptions = Pick<
  WorkersOptions,
  'catalog' | 'media' | 'baseUrl' | 'mediaAddress' | 'scratchFolder' | 'selfTest' | 'purge' | 'logger'
> & {
  /** What this process remembers of what it has published. */
  memory?: PublishingMemory;
};

/** One line of the log holds so many. */
const MOST_WARNINGS = 20;

async function hasHubs(catalog: WorkersOptions['catalog'], showId: string): Promise<boolean> {
  const { hubUrls, usesPodping } = showFeedSettings.parse((await catalog.shows.byId(showId))?.feed ?? {});
  return hubUrls.length > 0 || usesPodping;
}

/** An episode that is left out has its failure say why, until it is whole again. Throws as `publishShow` does. */
export async function publishAndTell(
  options: PublishingOptions,
  showId: string,
  signal?: AbortSignal,
): Promise<PublishedFeed> {
  const { catalog, media, logger } = options;
  const former: string[] = [];
  const prepare = async () => void former.push(...(await placeMedia(options, showId)));
  const publish = () =>
    publishShow(
      {
        ...options,
        prepare,
        async onFeed(feedKey, changed) {
          await catalog.notify({ type: 'feed', showId, feedKey });
          if (changed && (await hasHubs(catalog, showId)))
            await catalog.queue.enqueue('announce', { showId });
        },
      },
      showId,
    );
  const feed = await underLease({ leases: catalog.leases, media, logger, signal }, showId, publish).catch(
    async (error: unknown) => {
      await noteRefusal(catalog, showId, error);
      throw error;
    },
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
  const warnings = [...new Set(feed.warnings.map(sentence))];
  if (warnings.length > 0)
    logger.warn(
      { showId, warnings: warnings.slice(0, MOST_WARNINGS) },
      'A feed is out; directories or apps may show less of it than there is',
    );
  for (const { episodeId, message } of feed.leftOut) {
    logger.error({ episodeId, showId, reason: message }, 'An episode is left out of its feed');
    await note(episodeId, message);
  }
  for (const { episodeId, failure } of feed.episodes)
    if (failure !== null && isEnclosureFault(failure)) await note(episodeId, null);
  await noteFeed(catalog, showId, feed);
  return feed;
}
