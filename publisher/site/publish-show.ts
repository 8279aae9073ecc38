/**
 * Renders a show into the media store: what the feed leads to first, then the feed, once and whole, then pages that stood
 * already and say something else now, then the lists.
 */
import type { Episodes, Guilds, PublishableEpisode, Show, Shows } from '../../src/catalog/index.ts';
import type { Finding } from '../feed/lint/lint.ts';
import type { MediaStore } from '../media/store.ts';
import { addressOf, archiveFolder, episodePageKey, feedKey, showPageKey } from './addresses.ts';
import { type Assets, brandAsset, FOR_EVER } from './assets.ts';
import { coverOf } from './cover.ts';
import { type EnclosureError, type KnownFiles, soundOnly } from './enclosures.ts';
import { examine, type Examination } from './examine.ts';
import { revisionOf } from './feed-objects.ts';
import { pageAddress } from './own-domain.ts';
import { pagesOfShow } from './pages.ts';
import {
  createPublishingMemory,
  printsOf,
  type PublishingMemory,
  type ShowMemory,
} from './publishing-memory.ts';
import { forEverybody, listed, type PublishedShow } from './published.ts';
import { putEpisodes, removePages } from './put-episodes.ts';
import { type FeedPlace, putFeeds } from './put-feeds.ts';
import { putMembers } from './put-members.ts';
import { putIfChanged, putPages } from './put-page.ts';
import { transcriptFilesOf } from './transcript.ts';
import { siteOf } from './views.ts';

export interface PublishShowOptions extends FeedPlace, Examination {
  catalog: FeedPlace['catalog'] & {
    guilds: Pick<Guilds, 'byId'>;
    shows: Pick<Shows, 'byId' | 'markFeedPublished' | 'liftRevision'>;
    episodes: Pick<Episodes, 'publishable' | 'retracted'>;
  };
  /** Before each look at the catalog: what must be in its place for what the catalog says. */
  prepare?: (() => Promise<void>) | undefined;
  /** What this process remembers; nothing when left out. */
  memory?: PublishingMemory;
}

export interface PublishedFeed {
  feedUrl: string;
  pageUrl: string;
  /** What stands in the feed, the newest first, with the fault that the catalog has of it. */
  episodes: { episodeId: string; pageUrl: string; failure: string | null }[];
  /** Why the others were left out. */
  leftOut: EnclosureError[];
  /** What stands there though its new file is not what apps need. */
  faulty: EnclosureError[];
  /** What some directories or apps would show less of. */
  warnings: Finding[];
}

/** The show was removed between the request and the work; there is nothing to publish and no use in trying again. */
export class UnknownShowError extends Error {
  override name = 'UnknownShowError';
  constructor(showId: string) {
    super(`There is no show ${showId} in the catalog any more, so there is nothing to publish.`);
  }
}

/**
 * Writes the feed and every page of a show with its publishable episodes. One whose audio does not pass its self-test is
 * left out, and the rest goes out: a feed promises only what can be fetched. Throws FeedRefusedError where the show itself
 * would be refused.
 *
 * Two publishers at once cannot leave an old feed behind: a feed of an older revision takes no newer one's place, and
 * whoever finds after writing that the revision rose meanwhile renders once more.
 */
export function publishShow(options: PublishShowOptions, showId: string): Promise<PublishedFeed> {
  const { memory = createPublishingMemory() } = options;
  return memory.inTurn(showId, async () => {
    for (;;) {
      const { revision, put, feed } = await publishOnce(options, memory, showId);
      const after = await options.catalog.shows.byId(showId);
      if (after?.feed_revision !== revision) continue;
      if (put !== 'outdated') return feed;
      // The catalog is back from an older copy, and what stands is of the one that was lost: it goes on from there.
      const standing = revisionOf(await options.media.head(feedKey(after.slug)));
      await options.catalog.shows.liftRevision(showId, standing + 1);
    }
  });
}

/** What members have of a show that has not published anything yet: a feed that waits for its first episode. */
export async function publishForMembersOnly(options: PublishShowOptions, showId: string): Promise<void> {
  const { catalog, media, baseUrl, memory = createPublishingMemory() } = options;
  const show = await catalog.shows.byId(showId);
  if (show === undefined) return;
  const assets = await memory.assets();
  const { defaultCover, liveNotice } = assets;
  for (const { key, body, contentType } of [defaultCover, liveNotice])
    await putIfChanged(media, key, body, contentType, FOR_EVER);
  const cover = await coverOf(media, show, assets);
  await putMembers(options, memory.items, { show, episodes: [], baseUrl, cover, timeZone: 'UTC' }, assets);
}

async function publishOnce(options: PublishShowOptions, memory: PublishingMemory, showId: string) {
  const { catalog, media, baseUrl } = options;
  await options.prepare?.();
  const show = await catalog.shows.byId(showId);
  if (show === undefined) throw new UnknownShowError(showId);
  const known = memory.of(showId, show.feed_published_revision);
  const assets = await memory.assets();
  const brand = brandAsset(show.brand.accent);
  for (const { key, body, contentType } of [...Object.values(assets), ...(brand ? [brand] : [])]) {
    if (memory.isSound(key)) continue;
    await putIfChanged(media, key, body, contentType, FOR_EVER);
    memory.markSound(key);
  }

  const snapshot = await snapshotOf(options, memory, { show, assets, known });
  const prints = printsOf(snapshot.all, assets, known);
  const examined = await examine(options, forEverybody(snapshot.all), { assets, prints, known });
  const waits = new Set(examined.waiting.map(({ episodeId }) => episodeId));
  const all: PublishedShow = {
    ...snapshot.all,
    episodes: snapshot.all.episodes.filter(({ id }) => !waits.has(id)),
  };
  const published = forEverybody(all);
  const episodes = { media, published, assets, prints, known };
  await putEpisodes(episodes, 'new');
  const put = await putFeeds(options, memory.items, show, examined.feed, known);
  // Another has published what is newer: all that would follow here is old.
  if (put !== 'outdated') {
    await putEpisodes(episodes, 'changed');
    await putMembers(options, memory.items, all, assets);
    await putPages(media, archiveFolder(show.slug), await pagesOfShow(listed(published), assets));
    const hidden = all.episodes.filter(({ visibility }) => visibility === 'members');
    const retracted = [...(await catalog.episodes.retracted(showId)), ...hidden];
    await removePages(media, show.slug, retracted, known);
    await catalog.shows.markFeedPublished(showId, show.feed_revision);
    known.revision = show.feed_revision;
  }
  const leftOut = [...snapshot.broken, ...examined.waiting];
  return {
    revision: show.feed_revision,
    put,
    feed: { ...addressesOf(all, baseUrl), leftOut, faulty: examined.faulty, warnings: examined.warnings },
  };
}

/** The show as the catalog has it now, with the episodes whose files are what the catalog says. */
async function snapshotOf(
  { catalog, media, baseUrl }: PublishShowOptions,
  memory: PublishingMemory,
  { show, assets, known }: { show: Show; assets: Assets; known: ShowMemory },
): Promise<{ all: PublishedShow; broken: EnclosureError[] }> {
  const episodes = await catalog.episodes.publishable(show.id, known.read);
  const { sound, broken } = await soundOnly(media, episodes, memory);
  const all: PublishedShow = {
    ...{ show, baseUrl },
    episodes: await withStoredTranscripts(media, sound, memory),
    cover: await coverOf(media, show, assets),
    timeZone: (await catalog.guilds.byId(show.guild_id))?.time_zone ?? 'UTC',
  };
  return { all, broken };
}

/** A feed names no file that is not there; an episode without its transcript is whole all the same. */
const withStoredTranscripts = (
  media: MediaStore,
  episodes: readonly PublishableEpisode[],
  known: KnownFiles,
): Promise<PublishableEpisode[]> =>
  Promise.all(
    episodes.map(async (episode) => {
      for (const { key } of transcriptFilesOf(episode)) {
        if (known.isSound(key)) continue;
        if ((await media.head(key)) === undefined) return { ...episode, transcript: undefined };
        known.markSound(key);
      }
      return episode;
    }),
  );

function addressesOf(
  published: PublishedShow,
  baseUrl: string,
): Omit<PublishedFeed, 'leftOut' | 'faulty' | 'warnings'> {
  const { show, episodes } = published;
  const site = siteOf(published);
  return {
    feedUrl: addressOf(baseUrl, feedKey(show.slug)),
    pageUrl: pageAddress(site, showPageKey(show.slug)),
    episodes: episodes.map(({ id, slug, failure, visibility }) => ({
      episodeId: id,
      failure,
      // Members' episodes have no page of their own.
      pageUrl: pageAddress(
        site,
        visibility === 'members' ? showPageKey(show.slug) : episodePageKey(show.slug, slug),
      ),
    })),
  };
}
