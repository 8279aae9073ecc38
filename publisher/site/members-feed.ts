/**
 * A show's feed for members, as far as all of them have it in common: rendered when the show is published, with slots where
 * each member's token goes. It lies under the private prefix and holds no token; a member's own feed is in no store.
 */
import { hash } from 'node:crypto';
import path from 'node:path';
import type { PublishableEpisode, Show } from '../../src/catalog/index.ts';
import { renderHead } from '../feed/document.ts';
import type { FeedItem, FeedShow } from '../feed/feed.ts';
import { asPrivate, TOKEN_SLOT } from '../feed/member-token.ts';
import { membersChaptersKey } from '../media/episode-folder.ts';
import { type MediaStore, PRIVATE_PREFIX } from '../media/store.ts';
import { addressOf, showPageKey } from './addresses.ts';
import { putNewest } from './feed-objects.ts';
import { transcriptFilesOf } from './transcript.ts';

export const membersPath = (token: string) => `/members/${token}/`;
export const membersFeedKey = (showId: string) => `${PRIVATE_PREFIX}shows/${showId}/members.json`;

/** The feed after its slots are filled is the head, the items and the foot. */
export interface MembersFeed {
  /** Of the show that it was made of. */
  revision: number;
  /** Names everything that stands here, so that an equal feed has an equal validator. */
  digest: string;
  head: string;
  /** For who does not hold the role any more: it names no episode. */
  lapsedHead: string;
  items: string;
}

export interface MembersFeedOrder {
  show: Show;
  baseUrl: string;
  /** The public feed of all episodes at hand; a member's has the public ones and members'. */
  feed: FeedShow;
  episodes: readonly PublishableEpisode[];
  /** A cache of `renderItem`: public episodes are rendered once for both feeds. */
  render: (item: FeedItem) => string;
}

export function membersFeedOf({ show, baseUrl, feed, episodes, render }: MembersFeedOrder): MembersFeed {
  const byGuid = new Map(episodes.map((episode) => [episode.guid, episode]));
  const items = feed.items.flatMap((item) => {
    const episode = byGuid.get(item.guid);
    if (episode === undefined || episode.visibility === 'unlisted') return [];
    return episode.visibility === 'members' ? membersItem(item, episode, { show, baseUrl }) : item;
  });
  const own = asPrivate({
    ...feed,
    feedUrl: `${baseUrl}${membersPath(TOKEN_SLOT)}feed.xml`,
    items,
  });
  const parts = {
    head: renderHead(own),
    lapsedHead: renderHead({ ...own, items: [], liveItems: [], trailers: [] }),
    items: items.map(render).join(''),
  };
  const digest = hash('sha256', JSON.stringify(parts)).slice(0, 16);
  return { revision: show.feed_revision, digest, ...parts };
}

/** The same episode, its files behind the member's token; it has no page of its own. */
function membersItem(
  item: FeedItem,
  episode: PublishableEpisode,
  { show, baseUrl }: Pick<MembersFeedOrder, 'show' | 'baseUrl'>,
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
export async function putMembersFeed(media: MediaStore, showId: string, feed: MembersFeed): Promise<void> {
  await putNewest(media, {
    ...{ key: membersFeedKey(showId), body: Buffer.from(JSON.stringify(feed)), revision: feed.revision },
    ...{ contentType: 'application/json', cacheControl: 'private, no-store' },
  });
}
