/**
 * A show's feed for members, as far as all of them have it in common: rendered when the show is published, with slots where
 * each member's token goes. It lies under the private prefix and holds no token; a member's own feed is in no store.
 */
import { hash } from 'node:crypto';
import path from 'node:path';
import { type PublishableEpisode, type Show, showFeedSettings } from '../../src/catalog/index.ts';
import { type ArchivePage, renderDocuments, renderHead } from '../feed/document.ts';
import type { FeedItem, FeedShow } from '../feed/feed.ts';
import { asPrivate, TOKEN_SLOT } from '../feed/member-token.ts';
import { membersChaptersKey } from '../media/episode-folder.ts';
import { type MediaStore, PRIVATE_PREFIX } from '../media/store.ts';
import { addressOf, showPageKey } from './addresses.ts';
import { type Put, putNewest } from './feed-objects.ts';
import type { PublishedShow } from './published.ts';
import { putIfChanged } from './put-page.ts';
import { transcriptFilesOf } from './transcript.ts';

export const membersPath = (token: string) => `/members/${token}/`;
const membersFolder = (showId: string) => `${PRIVATE_PREFIX}shows/${showId}/`;
export const membersFeedKey = (showId: string) => `${membersFolder(showId)}members.json`;
/** Counted from the oldest, as those of the public feed are. */
export const membersArchiveKey = (showId: string, page: number) =>
  `${membersFolder(showId)}members-archive-${page}.json`;

/** A document but for the tokens: after its slots are filled it is the head, the items and the foot. */
export interface MembersPage {
  /** Names everything that stands here, so that an equal feed has an equal validator. */
  digest: string;
  head: string;
  items: string;
}

export interface MembersFeed extends MembersPage {
  /** Of the show that it was made of. */
  revision: number;
  /** For who does not hold the role any more: it names no episode. */
  lapsedHead: string;
}

export interface MembersFeedOrder {
  show: Show;
  baseUrl: string;
  /** What members have, the newest first; those for members alone with their files behind a token. */
  feed: FeedShow;
  /** A cache of `renderItem`: public episodes are rendered once for both feeds. */
  render: (item: FeedItem) => string;
}

export interface MembersFeeds {
  main: MembersFeed;
  archive: (Pick<ArchivePage, 'page' | 'head' | 'items'> & { make(): MembersPage })[];
}

/** The newest, and an archive behind them as the public feed has one. */
export function membersFeedsOf({ show, baseUrl, feed, render }: MembersFeedOrder): MembersFeeds {
  const folder = `${baseUrl}${membersPath(TOKEN_SLOT)}`;
  const own = asPrivate({ ...feed, feedUrl: `${folder}feed.xml` });
  const { head, items, archive } = renderDocuments(own, {
    pagedAfter: showFeedSettings.parse(show.feed).pagedAfter,
    archiveUrl: (page) => `${folder}feed-archive-${page}.xml`,
    render,
  });
  const page = (parts: { head: string; items: readonly FeedItem[]; lapsedHead?: string }) => {
    const said = { ...parts, items: parts.items.map(render).join('') };
    return { ...said, digest: hash('sha256', JSON.stringify(said)).slice(0, 16) };
  };
  const lapsedHead = renderHead({ ...own, items: [], liveItems: [], trailers: [] });
  return {
    main: { revision: show.feed_revision, lapsedHead, ...page({ head, items, lapsedHead }) },
    archive: archive.map((each) => ({
      ...{ page: each.page, head: each.head, items: each.items },
      make: () => page({ head: each.head, items: each.items }),
    })),
  };
}

/** The same episode, its files behind the member's token; it has no page of its own. */
export function membersItem(
  item: FeedItem,
  episode: PublishableEpisode,
  { show, baseUrl }: Pick<PublishedShow, 'show' | 'baseUrl'>,
): FeedItem {
  const behind = (key: string) =>
    `${baseUrl}${membersPath(TOKEN_SLOT)}media/${episode.id}/${path.posix.basename(key)}`;
  const addresses = new Map(
    episode.renditions.map(({ media_key: key }) => [addressOf(baseUrl, key), behind(key)]),
  );
  const own = (url: string) => addresses.get(url) ?? url;
  return {
    ...item,
    pageUrl: addressOf(baseUrl, showPageKey(show.slug)),
    enclosure: { ...item.enclosure, url: own(item.enclosure.url) },
    alternates: item.alternates.map((alternate) => ({ ...alternate, url: own(alternate.url) })),
    chaptersUrl: item.chaptersUrl && behind(membersChaptersKey(episode)),
    transcripts: transcriptFilesOf(episode).map(({ key, mimeType, isCaptions }) => ({
      ...{ url: behind(key), mimeType, isCaptions },
      language: episode.transcript?.language ?? undefined,
    })),
  };
}

/** Unless a newer one stands there. */
export const putMembersFeed = (media: MediaStore, showId: string, feed: MembersFeed): Promise<Put> =>
  putNewest(media, {
    ...{ key: membersFeedKey(showId), body: Buffer.from(JSON.stringify(feed)), revision: feed.revision },
    ...{ contentType: 'application/json', cacheControl: NOBODY_KEEPS_IT },
  });

export const putMembersArchive = (media: MediaStore, showId: string, page: number, made: MembersPage) =>
  putIfChanged(
    media,
    membersArchiveKey(showId, page),
    JSON.stringify(made),
    'application/json',
    NOBODY_KEEPS_IT,
  );

const NOBODY_KEEPS_IT = 'private, no-store';
