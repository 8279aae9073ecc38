/** From a snapshot of a show to what its pages say. */
import type { PublishableEpisode, Show } from '../../src/catalog/index.ts';
import { notesToHtml } from '../feed/notes.ts';
import { clean, cleanLine } from '../feed/xml.ts';
import type {
  ArchivePageView,
  CoverView,
  EpisodeRow,
  IndexPageView,
  ShowFrame,
  ShowPageView,
} from '../../templates/pages/views.ts';
import {
  addressOf,
  archiveKey,
  episodePageKey,
  feedKey,
  hrefBetween,
  showPageKey,
  upcomingKey,
} from './addresses.ts';
import { type Assets, assetHrefs, brandAsset } from './assets.ts';
import { enclosureOf } from './enclosures.ts';
import { followLinksFor } from './follow-links.ts';
import { pageAddress, type Site } from './own-domain.ts';
import type { PublishedShow } from './published.ts';
import { seriesData } from './structured-data.ts';
import { excerptOf, longDate, ordinalOf, roughDuration, usableLanguage } from './words.ts';

export const siteOf = ({ show, baseUrl }: Pick<PublishedShow, 'show' | 'baseUrl'>): Site => ({
  baseUrl,
  slug: show.slug,
  domain: show.custom_domain ?? undefined,
});

/** What every page of a show says of it, as seen from the page under `pageKey`. */
export function frameOf(published: Pick<PublishedShow, 'show' | 'baseUrl'>, pageKey: string): ShowFrame {
  const { show, baseUrl } = published;
  const href = (key: string) => hrefBetween(pageKey, key);
  return {
    title: cleanLine(show.title),
    author: cleanLine(show.author),
    language: usableLanguage(show.language),
    href: href(showPageKey(show.slug)),
    pageUrl: pageAddress(siteOf(published), showPageKey(show.slug)),
    feedUrl: addressOf(baseUrl, feedKey(show.slug)),
    upcomingHref: href(upcomingKey(show.slug)),
  };
}

/** The assets of a show's pages, its own colours among them. */
export const hrefsOf = (assets: Assets, show: Pick<Show, 'brand'>, pageKey: string) =>
  assetHrefs(assets, (key) => hrefBetween(pageKey, key), brandAsset(show.brand.accent));

export const coverView = ({ cover, baseUrl }: PublishedShow, pageKey: string): CoverView => ({
  href: hrefBetween(pageKey, cover.smallKey),
  url: addressOf(baseUrl, cover.key),
  sidePx: cover.sidePx,
});

/** On the show's own page stand at least so many episodes, and fewer than twice as many; so many on each page of older ones. */
export const EPISODES_A_PAGE = 15;

/**
 * The newest first. Pages of older episodes are filled from the oldest on, so that a new episode changes the show's own page
 * and, now and then, adds another: of thousands of pages none else moves.
 */
export function shelvesOf<E>(episodes: readonly E[]): { newest: E[]; archive: E[][] } {
  const full = Math.max(0, Math.floor(episodes.length / EPISODES_A_PAGE) - 1);
  const newest = episodes.slice(0, episodes.length - full * EPISODES_A_PAGE);
  const older = episodes.slice(newest.length);
  const archive = Array.from({ length: full }, (_, index) => {
    const end = older.length - index * EPISODES_A_PAGE;
    return older.slice(end - EPISODES_A_PAGE, end);
  });
  return { newest, archive };
}

export function showView(published: PublishedShow, assets: Assets): ShowPageView {
  const { show, episodes } = published;
  const pageKey = showPageKey(show.slug);
  const frame = frameOf(published, pageKey);
  const { newest, archive } = shelvesOf(episodes);
  const description = excerptOf(clean(show.description)) || frame.title;
  const cover = coverView(published, pageKey);
  return {
    ...frame,
    description,
    descriptionHtml: notesToHtml(show.description),
    cover,
    homeHref: hrefBetween(pageKey, 'index.html'),
    follow: followLinksFor(frame.feedUrl, show.title),
    episodeCount: episodes.length,
    episodes: newest.map((episode) => episodeRow(published, episode, pageKey)),
    olderHref: archive.length === 0 ? undefined : hrefBetween(pageKey, archiveKey(show.slug, archive.length)),
    structuredData: seriesData({ ...frame, description, imageUrl: cover.url }),
    assets: hrefsOf(assets, show, pageKey),
  };
}

/** Page `page` (from 1, the oldest) of the older episodes. */
export function archiveView(published: PublishedShow, assets: Assets, page: number): ArchivePageView {
  const { show, timeZone } = published;
  const { archive } = shelvesOf(published.episodes);
  const episodes = archive[page - 1] ?? [];
  const pageKey = archiveKey(show.slug, page);
  const frame = frameOf(published, pageKey);
  const days = [episodes.at(-1), episodes[0]].map(
    (episode) => episode && longDate(episode.published_at, frame.language, timeZone),
  );
  return {
    ...frame,
    span: [...new Set(days)].filter((day) => day !== undefined).join(' – '),
    ownUrl: pageAddress(siteOf(published), pageKey),
    episodes: episodes.map((episode) => episodeRow(published, episode, pageKey)),
    newerHref: hrefBetween(
      pageKey,
      page === archive.length ? showPageKey(show.slug) : archiveKey(show.slug, page + 1),
    ),
    olderHref: page === 1 ? undefined : hrefBetween(pageKey, archiveKey(show.slug, page - 1)),
    assets: hrefsOf(assets, show, pageKey),
  };
}

function episodeRow(published: PublishedShow, episode: PublishableEpisode, pageKey: string): EpisodeRow {
  const { show, timeZone } = published;
  const language = usableLanguage(show.language);
  return {
    title: cleanLine(episode.title, 160),
    href: hrefBetween(pageKey, episodePageKey(show.slug, episode.slug)),
    publishedIso: episode.published_at.toISOString(),
    publishedText: longDate(episode.published_at, language, timeZone),
    durationText: roughDuration(enclosureOf(episode).duration_us, language),
    excerpt: excerptOf(clean(episode.notes), 180),
    ordinal: ordinalOf(episode),
  };
}

/** The front page, from the root of the site. A show with a host of its own is at home there. */
export function indexView(
  shows: readonly Show[],
  assets: Assets,
  { baseUrl, coverKeys }: { baseUrl: string; coverKeys: ReadonlyMap<string, string> },
): IndexPageView {
  const href = (key: string) => hrefBetween('index.html', key);
  return {
    shows: shows.map((show) => ({
      title: cleanLine(show.title),
      author: cleanLine(show.author),
      href:
        show.custom_domain === null
          ? href(showPageKey(show.slug))
          : pageAddress(siteOf({ show, baseUrl }), showPageKey(show.slug)),
      coverHref: href(coverKeys.get(show.id) ?? assets.defaultSmallCover.key),
      excerpt: excerptOf(clean(show.description), 140),
    })),
    opmlHref: href('shows.opml'),
    assets: assetHrefs(assets, href),
  };
}
