/** What members have of a show besides its public feed, into the media store: their feed but for the tokens, and chapters. */
import type { PublishableEpisode, Webinars } from '../../src/catalog/index.ts';
import { CHAPTERS_TYPE, renderChapters } from '../feed/chapters.ts';
import type { ItemCache } from '../feed/item-cache.ts';
import { mediaCacheControl, membersChaptersKey } from '../media/episode-folder.ts';
import type { MediaStore } from '../media/store.ts';
import { addressOf } from './addresses.ts';
import type { Assets } from './assets.ts';
import type { EnclosureError } from './enclosures.ts';
import type { Put } from './feed-objects.ts';
import { feedOf, liveNoticeOf } from './feed-of.ts';
import { passMembersGate } from './gate.ts';
import {
  membersArchiveKey,
  membersFeedKey,
  membersFeedsOf,
  membersItem,
  putMembersArchive,
  putMembersFeed,
} from './members-feed.ts';
import { chaptersOf, type PublishedShow } from './published.ts';
import type { ShowMemory } from './publishing-memory.ts';
import { isSamePage } from './put-feeds.ts';
import { putIfChanged } from './put-page.ts';

export interface MembersPlace {
  catalog: { webinars: Pick<Webinars, 'liveItemsOf'> };
  media: MediaStore;
  /** A feed stands under its key: told as soon as it does. */
  onFeed?: ((feedKey: string, changed: boolean) => Promise<void>) | undefined;
  now?: (() => Date) | undefined;
}

export interface MembersPut {
  /** Undefined where the show has no feed for members. */
  put: Put | undefined;
  /** Episodes for members alone that may not appear yet, and why. */
  waiting: EnclosureError[];
}

/** No counter and no other host stands before members' addresses. */
export async function putMembers(
  { catalog, media, onFeed, now = () => new Date() }: MembersPlace,
  items: ItemCache,
  all: PublishedShow,
  { assets, prints, known }: { assets: Assets; prints: ReadonlyMap<string, string>; known: ShowMemory },
): Promise<MembersPut> {
  const { show, baseUrl } = all;
  if (show.members_role_id === null) {
    known.membersItems.clear();
    known.membersArchive.clear();
    return { put: undefined, waiting: [] };
  }
  // An unlisted episode is for whom somebody gives its address to.
  const theirs = { ...all, episodes: all.episodes.filter(({ visibility }) => visibility !== 'unlisted') };
  // Whoever counts elsewhere would be told every member's address.
  const uncounted = { ...theirs, show: { ...show, feed: { ...show.feed, op3: false } } };
  const madeOf = ({ id }: PublishableEpisode) => prints.get(id);
  const feed = feedOf({
    ...{ published: uncounted, liveNotice: liveNoticeOf(assets) },
    webinars: await catalog.webinars.liveItemsOf(show.id),
    knownItem(episode) {
      const last = known.membersItems.get(episode.id);
      return last !== undefined && last.made === madeOf(episode) ? last.item : undefined;
    },
  });
  const { heldBack, errors } = passMembersGate(feed, theirs.episodes, { baseUrl, now: now() });
  const own = feed.items.map((item, index) => {
    const episode = theirs.episodes[index]!;
    const last = known.membersItems.get(episode.id);
    if (last?.item === item) return last.own;
    const isTheirs = episode.visibility === 'members';
    const made = isTheirs ? membersItem(item, episode, { show, baseUrl }) : item;
    known.membersItems.set(episode.id, { made: madeOf(episode), item, own: made });
    return made;
  });
  for (const episode of theirs.episodes)
    if (episode.visibility === 'members' && !heldBack.has(episode.guid))
      await putChapters(media, episode, baseUrl);

  const shown = { ...feed, items: own.filter(({ guid }) => !heldBack.has(guid)) };
  const { main, archive } = membersFeedsOf({ show, baseUrl, feed: shown, render: items.render });
  for (const each of archive) {
    if (isSamePage(known.membersArchive.get(each.page), each)) continue;
    await putMembersArchive(media, show.id, each.page, each.make());
    known.membersArchive.set(each.page, { head: each.head, items: each.items });
  }
  const put = await putMembersFeed(media, show.id, main);
  // Nobody else is ever told of it.
  await onFeed?.(membersFeedKey(show.id), false);
  for (let page = archive.length + 1; ; page += 1) {
    const key = membersArchiveKey(show.id, page);
    known.membersArchive.delete(page);
    if ((await media.head(key)) === undefined) break;
    await media.delete(key);
  }
  return { put, waiting: errors };
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
