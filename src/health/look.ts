/** One look at how the feeds of an installation are: catalog, media store, and each feed by its public address. */
import type { Logger } from 'pino';
import { StoreError } from '../../publisher/media/store-error.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import { addressOf, feedKey } from '../../publisher/site/addresses.ts';
import { type Catalog, type Show, showFeedSettings } from '../catalog/index.ts';
import type { AskLive } from './live-feed.ts';
import type { HealthFacts, ShowHealth } from './troubles.ts';

export interface HealthOptions {
  catalog: Catalog;
  media: MediaStore;
  /** Rejects where nothing could be stored now. */
  checkStore: () => Promise<void>;
  /** Without a trailing slash. */
  baseUrl: string;
  /** Fetches a feed by its public address; none is where it is left out. */
  askLive: AskLive | undefined;
  logger: Logger;
}

const DAY_MS = 24 * 60 * 60_000;
/** Shows that are asked for at once. */
const AT_ONCE = 4;

export async function lookAtHealth(options: HealthOptions): Promise<HealthFacts> {
  const { catalog } = options;
  const at = new Date();
  const storeFault = await storeFaultOf(options);
  const fetches = await catalog.feedHealth.fetches();
  const shows: ShowHealth[] = [];
  const published = await catalog.shows.listPublished();
  for (let first = 0; first < published.length; first += AT_ONCE)
    shows.push(
      ...(await Promise.all(
        published.slice(first, first + AT_ONCE).map(async (show) => ({
          ...(await healthOf(options, show)),
          fetches: fetches
            .filter(({ show_id: showId }) => showId === show.id)
            .map(({ directory, fetched_at: fetchedAt, status }) => ({ directory, at: fetchedAt, status })),
        })),
      )),
    );
  return {
    ...{ at, storeFault, shows },
    waiting: await catalog.feedHealth.waiting(at),
    givenUp: await catalog.queue.givenUp(new Date(at.getTime() - DAY_MS)),
  };
}

async function storeFaultOf({ checkStore }: HealthOptions): Promise<string | undefined> {
  try {
    await checkStore();
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return `${error.message} To do: ${error.remedy}.`;
    return `The media store has a fault (${(error as Error).message}).`;
  }
}

async function healthOf(
  { media, baseUrl, askLive }: HealthOptions,
  show: Show,
): Promise<Omit<ShowHealth, 'fetches'>> {
  const { newFeedUrl: movedTo } = showFeedSettings.parse(show.feed);
  const feedUrl = addressOf(baseUrl, feedKey(show.slug));
  // A store that does not say is a trouble of its own.
  const stored = await media.head(feedKey(show.slug)).catch(() => undefined);
  return {
    ...{ slug: show.slug, title: show.title, podcastGuid: show.podcast_guid, feedUrl, movedTo },
    revision: show.feed_revision,
    writtenRevision: show.feed_published_revision,
    behindSince: show.feed_revision > show.feed_published_revision ? show.feed_behind_since : null,
    writtenAt: stored?.lastModified,
    live: await askLive?.(feedUrl, { isMoved: movedTo !== undefined }),
  };
}
