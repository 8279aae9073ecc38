/** What members have of a show besides its public feed, into the media store: their feed but for the tokens, and chapters. */
import type { PublishableEpisode, Webinars } from '../../src/catalog/index.ts';
import { CHAPTERS_TYPE, renderChapters } from '../feed/chapters.ts';
import type { ItemCache } from '../feed/item-cache.ts';
import { mediaCacheControl, membersChaptersKey } from '../media/episode-folder.ts';
import type { MediaStore } from '../media/store.ts';
import { addressOf } from './addresses.ts';
import type { Assets } from './assets.ts';
import { feedOf, liveNoticeOf } from './feed-of.ts';
import { membersFeedKey, membersFeedOf, putMembersFeed } from './members-feed.ts';
import { chaptersOf, type PublishedShow } from './published.ts';
import { putIfChanged } from './put-page.ts';

export interface MembersPlace {
  catalog: { webinars: Pick<Webinars, 'liveItemsOf'> };
  media: MediaStore;
  /** A feed stands under its key: told as soon as it does. */
  onFeed?: ((feedKey: string, changed: boolean) => Promise<void>) | undefined;
}

/** Nothing where the show has no feed for members. No counter and no other host stands before its addresses. */
export async function putMembers(
  { catalog, media, onFeed }: MembersPlace,
  items: ItemCache,
  published: PublishedShow,
  assets: Assets,
): Promise<void> {
  const { show, baseUrl, episodes } = published;
  if (show.members_role_id === null) return;
  for (const episode of episodes.filter(({ visibility }) => visibility === 'members'))
    await putChapters(media, episode, baseUrl);
  const webinars = await catalog.webinars.liveItemsOf(show.id);
  // Whoever counts elsewhere would be told every member's address.
  const uncounted = { ...published, show: { ...show, feed: { ...show.feed, op3: false } } };
  const feed = feedOf({ published: uncounted, webinars, liveNotice: liveNoticeOf(assets) });
  const { render } = items;
  await putMembersFeed(media, show.id, membersFeedOf({ show, baseUrl, feed, episodes, render }));
  // Nobody else is ever told of it.
  await onFeed?.(membersFeedKey(show.id), false);
}

async function putChapters(media: MediaStore, episode: PublishableEpisode, baseUrl: string): Promise<void> {
  const chapters = chaptersOf(episode);
  const key = membersChaptersKey(episode);
  if (chapters.length > 0)
    await putIfChanged(
      media,
      key,
      renderChapters(chapters, (picture) => addressOf(baseUrl, picture)),
      CHAPTERS_TYPE,
      mediaCacheControl(key),
    );
}
