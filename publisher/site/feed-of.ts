/** The feed that follows from a snapshot of a show. */
import {
  episodeFeedSettings,
  type LiveWebinar,
  type PublishableEpisode,
  showFeedSettings,
} from '../../src/catalog/index.ts';
import type { AlternateEnclosure, ContentLink, FeedItem, FeedShow, LiveItem } from '../feed/feed.ts';
import { throughOp3 } from '../feed/op3.ts';
import { addressOf, chaptersKey, episodePageKey, feedKey, showPageKey } from './addresses.ts';
import type { Assets } from './assets.ts';
import { eventUrl } from './calendar.ts';
import { enclosureOf } from './enclosures.ts';
import { pageAddress } from './own-domain.ts';
import { chaptersOf, type PublishedShow } from './published.ts';
import { transcriptFilesOf } from './transcript.ts';
import { siteOf } from './views.ts';
import { usableLanguage } from './words.ts';

/** Where the audio of a key is fetched: below the base URL, unless something stands before it. */
export type MediaAddress = (key: string) => string;

export interface FeedOrder {
  published: PublishedShow;
  mediaAddress?: MediaAddress | undefined;
  webinars?: readonly LiveWebinar[];
  /** An item that is known already; undefined for one that is made now. */
  knownItem?: (episode: PublishableEpisode) => FeedItem | undefined;
  /** What an app plays that has no way into a stage: a file that says where the event is. */
  liveNotice?: { key: string; bytes: number; mimeType: string } | undefined;
}

export const liveNoticeOf = ({ liveNotice }: Pick<Assets, 'liveNotice'>) => ({
  ...{ key: liveNotice.key, bytes: liveNotice.body.length, mimeType: liveNotice.contentType },
});

export function feedOf({
  published,
  mediaAddress,
  webinars = [],
  knownItem,
  liveNotice,
}: FeedOrder): FeedShow {
  const { show, episodes, baseUrl, cover } = published;
  const address = (key: string) => addressOf(baseUrl, key);
  const settings = showFeedSettings.parse(show.feed);
  const plain = mediaAddress ?? address;
  const counted = settings.op3 ? (key: string) => throughOp3(plain(key), show.podcast_guid) : plain;
  return {
    ...settings,
    title: show.title,
    description: show.description.trim() === '' ? show.title : show.description,
    author: show.author,
    language: usableLanguage(show.language),
    category: show.category,
    subcategory: show.subcategory ?? undefined,
    explicit: show.explicit,
    podcastGuid: show.podcast_guid,
    feedUrl: address(feedKey(show.slug)),
    pageUrl: pageAddress(siteOf(published), showPageKey(show.slug)),
    imageUrl: address(cover.key),
    items: episodes.map((episode) => knownItem?.(episode) ?? itemOf(published, episode, counted)),
    liveItems:
      liveNotice === undefined
        ? []
        : webinars.map((webinar) =>
            liveItemOf(published, webinar, { ...liveNotice, url: address(liveNotice.key) }),
          ),
  };
}

export function itemOf(
  published: PublishedShow,
  episode: PublishableEpisode,
  mediaAddress: MediaAddress,
): FeedItem {
  const { show, baseUrl } = published;
  const address = (key: string) => addressOf(baseUrl, key);
  const { explicit, ...settings } = episodeFeedSettings.parse(episode.feed);
  const main = enclosureOf(episode);
  const fileOf = (rendition: typeof main): AlternateEnclosure => ({
    url: mediaAddress(rendition.media_key),
    bytes: rendition.bytes,
    mimeType: rendition.mime_type,
    title: rendition.kind.toUpperCase(),
    bitsPerSecond: (rendition.bytes * 8) / (rendition.duration_us / 1e6),
    sha256: rendition.sha256,
  });
  return {
    ...settings,
    guid: episode.guid,
    title: episode.title,
    notes: episode.notes,
    pageUrl: pageAddress(siteOf(published), episodePageKey(show.slug, episode.slug)),
    publishedAt: episode.published_at,
    durationUs: main.duration_us,
    explicit: explicit ?? show.explicit,
    kind: episode.kind,
    season: episode.season ?? undefined,
    number: episode.number ?? undefined,
    imageUrl: episode.cover_key === null ? undefined : address(episode.cover_key),
    enclosure: fileOf(main),
    alternates: episode.renditions.filter((rendition) => rendition !== main).map(fileOf),
    transcripts: transcriptFilesOf(episode).map(({ key, mimeType, isCaptions }) => ({
      ...{ url: address(key), mimeType, isCaptions },
      language: episode.transcript?.language ?? undefined,
    })),
    chaptersUrl: chaptersOf(episode).length === 0 ? undefined : address(chaptersKey(show.slug, episode.slug)),
  };
}

const STATUS = { scheduled: 'pending', live: 'live', ended: 'ended' } as const;

/** A stage has no address that an app could play: the enclosure says so, and the link leads there; later to the episode. */
function liveItemOf(
  published: PublishedShow,
  { webinar, episodeSlug }: LiveWebinar,
  { url, bytes, mimeType }: { url: string; bytes: number; mimeType: string },
): LiveItem {
  const { show } = published;
  const site = siteOf(published);
  const contentLink: ContentLink =
    webinar.state === 'ended'
      ? {
          url: pageAddress(
            site,
            episodeSlug === undefined ? showPageKey(show.slug) : episodePageKey(show.slug, episodeSlug),
          ),
          text: 'Hear it again',
        }
      : { url: eventUrl(webinar) ?? pageAddress(site, showPageKey(show.slug)), text: 'Join on Discord' };
  return {
    guid: webinar.id,
    status: STATUS[webinar.state],
    startsAt: webinar.starts_at,
    endsAt: new Date(webinar.starts_at.getTime() + webinar.duration_minutes * 60_000),
    title: webinar.title,
    notes: webinar.description,
    pageUrl: contentLink.url,
    explicit: show.explicit,
    enclosure: { url, bytes, mimeType },
    contentLinks: [contentLink],
  };
}
