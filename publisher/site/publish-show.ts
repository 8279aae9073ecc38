/** Renders a show into the media store: chapters and pages first, then the feed, once and whole. */
import { hash } from 'node:crypto';
import {
  type Episodes,
  type Guilds,
  type PublishableEpisode,
  showFeedSettings,
  type Shows,
} from '../../src/catalog/index.ts';
import { CHAPTERS_TYPE, renderChapters } from '../feed/chapters.ts';
import { renderFeed } from '../feed/feed.ts';
import type { MediaStore } from '../media/store.ts';
import { typeByEnding } from '../media/key.ts';
import {
  addressOf,
  archiveFolder,
  chaptersKey,
  episodeFolder,
  episodePageKey,
  feedKey,
  showPageKey,
  transcriptFolder,
} from './addresses.ts';
import { type Assets, brandAsset, FOR_EVER, loadAssets } from './assets.ts';
import { coverOf } from './cover.ts';
import { type EnclosureError, soundOnly } from './enclosures.ts';
import { type FeedDocument, putEncodings, putFeed } from './feed-objects.ts';
import { pageAddress } from './own-domain.ts';
import { pagesOfEpisode, pagesOfShow, type StoredPage } from './pages.ts';
import { chaptersOf, feedOf, listed, type PublishedShow } from './published.ts';
import { readTranscript, transcriptFilesOf } from './transcript.ts';
import { siteOf } from './views.ts';

export interface PublishShowOptions {
  catalog: {
    guilds: Pick<Guilds, 'byId'>;
    shows: Pick<Shows, 'byId'>;
    episodes: Pick<Episodes, 'publishable' | 'retracted'>;
  };
  media: MediaStore;
  /** Without a trailing slash. */
  baseUrl: string;
  /** A feed stands under its key: told as soon as it does. */
  onFeed?: (feedKey: string) => Promise<void>;
}

export interface PublishedFeed {
  feedUrl: string;
  pageUrl: string;
  /** What stands in the feed, the newest first, with the fault that the catalog has of it. */
  episodes: { episodeId: string; pageUrl: string; failure: string | null }[];
  /** Why the others were left out. */
  leftOut: EnclosureError[];
}

/** The show was removed between the request and the work; there is nothing to publish and no use in trying again. */
export class UnknownShowError extends Error {
  override name = 'UnknownShowError';
  constructor(showId: string) {
    super(`There is no show ${showId} in the catalog any more, so there is nothing to publish.`);
  }
}

/** Pages and feeds change: apps and caches look again after five minutes. */
const FOR_MINUTES = 'public, max-age=300';

/**
 * Writes the feed and every page of a show with its publishable episodes. One whose audio does not pass its self-test is
 * left out, and the rest goes out: a feed promises only what can be fetched.
 *
 * Two publishers at once cannot leave an old feed behind: a feed of an older revision takes no newer one's place, and
 * whoever finds after writing that the revision rose meanwhile renders once more.
 */
export async function publishShow(
  { catalog, media, baseUrl, onFeed }: PublishShowOptions,
  showId: string,
): Promise<PublishedFeed> {
  const assets = await loadAssets();
  for (;;) {
    const show = await catalog.shows.byId(showId);
    if (show === undefined) throw new UnknownShowError(showId);
    const guild = await catalog.guilds.byId(show.guild_id);
    const { sound, broken } = await soundOnly(
      media,
      (await catalog.episodes.publishable(showId)).filter(({ visibility }) => visibility !== 'members'),
    );
    const published: PublishedShow = {
      show,
      episodes: await withStoredTranscripts(media, sound),
      baseUrl,
      cover: await coverOf(media, show, assets),
      timeZone: guild?.time_zone ?? 'UTC',
    };
    const brand = brandAsset(show.brand.accent);
    for (const { key, body, contentType } of [...Object.values(assets), ...(brand ? [brand] : [])])
      await putIfChanged(media, key, body, contentType, FOR_EVER);
    for (const episode of published.episodes) await putEpisode(media, published, episode, assets);
    await putPages(media, archiveFolder(show.slug), await pagesOfShow(listed(published), assets));
    const document = documentOf(published);
    await putFeed(media, document);
    await onFeed?.(document.key);
    await putEncodings(media, document);
    await removePages(media, show.slug, await catalog.episodes.retracted(showId));
    const after = await catalog.shows.byId(showId);
    if (after?.feed_revision === show.feed_revision) return { ...addressesOf(published), leftOut: broken };
  }
}

function documentOf(published: PublishedShow): FeedDocument {
  const { show } = published;
  const { newFeedUrl: movedTo, hubUrls } = showFeedSettings.parse(show.feed);
  return {
    ...{ key: feedKey(show.slug), xml: renderFeed(feedOf(listed(published))), revision: show.feed_revision },
    ...{ movedTo, hubUrls },
  };
}

/** Of episodes that were taken back, or have to be made anew before anybody may hear them. */
async function removePages(media: MediaStore, showSlug: string, retracted: readonly { slug: string }[]) {
  for (const { slug } of retracted)
    for (const key of await media.list(episodeFolder(showSlug, slug))) await media.delete(key);
}

/** A feed names no file that is not there; an episode without its transcript is whole all the same. */
const withStoredTranscripts = (media: MediaStore, episodes: readonly PublishableEpisode[]) =>
  Promise.all(
    episodes.map(async (episode) => {
      const files = transcriptFilesOf(episode);
      const stored = await Promise.all(files.map(({ key }) => media.head(key)));
      return stored.every((file) => file !== undefined) ? episode : { ...episode, transcript: undefined };
    }),
  );

async function putEpisode(
  media: MediaStore,
  published: PublishedShow,
  episode: PublishableEpisode,
  assets: Assets,
) {
  const { slug } = published.show;
  const chapters = chaptersOf(episode);
  if (chapters.length > 0)
    await putIfChanged(media, chaptersKey(slug, episode.slug), renderChapters(chapters), CHAPTERS_TYPE);
  const turns = await readTranscript(media, episode);
  const pages = await pagesOfEpisode(published, episode, assets, turns);
  await putPages(media, transcriptFolder(slug, episode.slug), pages);
}

/** What stood under the folder before and is no page any more goes, so that no words stay that were taken back. */
async function putPages(media: MediaStore, folder: string, pages: readonly StoredPage[]) {
  for (const [key, body] of pages) await putIfChanged(media, key, body);
  const keys = new Set(pages.map(([key]) => key));
  for (const key of await media.list(folder)) if (!keys.has(key)) await media.delete(key);
}

/** What stands already is left alone, so that its validators hold and nobody downloads the same bytes again. */
async function putIfChanged(
  media: MediaStore,
  key: string,
  content: string | Uint8Array,
  contentType = typeByEnding(key),
  cacheControl = FOR_MINUTES,
): Promise<void> {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  const stored = await media.head(key);
  const same =
    stored?.sha256 === hash('sha256', body) &&
    stored.contentType === contentType &&
    stored.cacheControl === cacheControl;
  if (!same) await media.put(key, { body }, { contentType, cacheControl });
}

function addressesOf(published: PublishedShow): Omit<PublishedFeed, 'leftOut'> {
  const { show, episodes, baseUrl } = published;
  const site = siteOf(published);
  return {
    feedUrl: addressOf(baseUrl, feedKey(show.slug)),
    pageUrl: pageAddress(site, showPageKey(show.slug)),
    episodes: episodes.map(({ id, slug, failure }) => ({
      episodeId: id,
      failure,
      pageUrl: pageAddress(site, episodePageKey(show.slug, slug)),
    })),
  };
}
