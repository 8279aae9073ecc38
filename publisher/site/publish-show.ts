/**
 * Renders a show into the media store: what the feed leads to first, then the feed, once and whole, then pages that stood
 * already and say something else now, then the lists.
 */
import type { Episodes, Guilds, PublishableEpisode, Show, Shows } from '../../src/catalog/index.ts';
import type { Finding } from '../feed/lint/lint.ts';
import type { MediaStore } from '../media/store.ts';
import { addressOf, episodePageKey, feedKey, showPageKey } from './addresses.ts';
import { type Assets, brandAsset, FOR_EVER } from './assets.ts';
import { coverOf } from './cover.ts';
import { type EnclosureError, type KnownFiles, soundOnly } from './enclosures.ts';
import { examine, type Examination } from './examine.ts';
import { revisionOf } from './feed-objects.ts';
import { membersFeedKey } from './members-feed.ts';
import { pageAddress } from './own-domain.ts';
import {
  createPublishingMemory,
  forgetOthers,
  printsOf,
  type PublishingMemory,
  type ShowMemory,
} from './publishing-memory.ts';
import { forEverybody, listed, type PublishedShow } from './published.ts';
import { putEpisodes, removePages } from './put-episodes.ts';
import { type FeedPlace, putFeeds } from './put-feeds.ts';
import { putLists } from './put-lists.ts';
import { putMembers } from './put-members.ts';
import { putIfChanged } from './put-page.ts';
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
      const standing = await Promise.all(
        [feedKey(after.slug), membersFeedKey(showId)].map((key) => options.media.head(key)),
      );
      await options.catalog.shows.liftRevision(showId, Math.max(...standing.map(revisionOf)) + 1);
    }
  });
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
  const made = { assets, prints, known };
  const open = await openPart(options, memory, snapshot.all, made);
  // Another has published what is newer: all that would follow here is old.
  const isOutdated = open?.put === 'outdated';
  const ready = without(snapshot.all, open?.examined.waiting ?? []);
  const members = isOutdated ? undefined : await putMembers(options, memory.items, ready, made);
  const all = without(ready, members?.waiting ?? []);
  if (!isOutdated) {
    await open?.putRest();
    const hidden = all.episodes.filter(({ visibility }) => visibility === 'members');
    const retracted = [...(await catalog.episodes.retracted(showId)), ...hidden];
    await removePages(media, show.slug, retracted, known);
    forgetOthers(known, all.episodes, retracted);
    await catalog.shows.markFeedPublished(showId, show.feed_revision);
    known.revision = show.feed_revision;
  }
  return {
    revision: show.feed_revision,
    put: open?.put ?? members?.put,
    feed: {
      ...addressesOf(all, baseUrl),
      leftOut: [...snapshot.broken, ...(open?.examined.waiting ?? []), ...(members?.waiting ?? [])],
      faulty: open?.examined.faulty ?? [],
      warnings: open?.examined.warnings ?? [],
    },
  };
}

function without(all: PublishedShow, waiting: readonly EnclosureError[]): PublishedShow {
  const waits = new Set(waiting.map(({ episodeId }) => episodeId));
  return { ...all, episodes: all.episodes.filter(({ id }) => !waits.has(id)) };
}

interface Made {
  assets: Assets;
  /** By episode, what all that is said of it is made of. */
  prints: ReadonlyMap<string, string>;
  known: ShowMemory;
}

/**
 * What everybody has of a show: the feed, and what it leads to before it. Undefined for one that has nothing but members'
 * episodes: it has no public feed, page or place in any list.
 */
async function openPart(
  options: PublishShowOptions,
  memory: PublishingMemory,
  all: PublishedShow,
  { assets, prints, known }: Made,
) {
  const { media } = options;
  const { show } = all;
  const everything = forEverybody(all);
  const isOpen =
    show.published_at !== null ||
    everything.episodes.length > 0 ||
    // A first publication that failed half-way.
    (await media.head(feedKey(show.slug))) !== undefined;
  if (!isOpen) return undefined;
  const examined = await examine(options, everything, { assets, prints, known });
  const published = without(everything, examined.waiting);
  const episodes = { media, published, assets, prints, known };
  await putEpisodes(episodes, 'new');
  const put = await putFeeds(options, memory.items, show, examined.feed, known);
  const putRest = async () => {
    await putEpisodes(episodes, 'changed');
    await putLists({ media, listed: listed(published), assets, prints, known });
  };
  return { examined, put, putRest };
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
async function withStoredTranscripts(
  media: MediaStore,
  episodes: readonly PublishableEpisode[],
  known: KnownFiles,
): Promise<PublishableEpisode[]> {
  // Of thousands all but one are as they were.
  const isNew = (episode: PublishableEpisode) => !known.isSound(episode);
  const without = new Set<PublishableEpisode>();
  await Promise.all(
    episodes.filter(isNew).map(async (episode) => {
      if (await hasTranscript(media, episode, known)) known.markSound(episode);
      else without.add(episode);
    }),
  );
  return episodes.map((episode) => (without.has(episode) ? { ...episode, transcript: undefined } : episode));
}

async function hasTranscript(media: MediaStore, episode: PublishableEpisode, known: KnownFiles) {
  for (const { key } of transcriptFilesOf(episode)) {
    if (known.isSound(key)) continue;
    if ((await media.head(key)) === undefined) return false;
    known.markSound(key);
  }
  return true;
}

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
