/** A show's feed, and the archive behind it, into the media store. */
import { hash } from 'node:crypto';
import { type Show, showFeedSettings, type Webinars } from '../../src/catalog/index.ts';
import { type ArchivePage, joinBytes, renderDocuments } from '../feed/document.ts';
import type { ItemCache } from '../feed/item-cache.ts';
import type { FeedShow } from '../feed/model.ts';
import type { MediaStore } from '../media/store.ts';
import { addressOf, feedArchiveKey, feedKey } from './addresses.ts';
import { FEED_TYPE, type Put, putEncodings, putFeed, revisionOf } from './feed-objects.ts';
import type { MediaAddress } from './feed-of.ts';
import type { ShowMemory } from './publishing-memory.ts';
import { putIfChanged } from './put-page.ts';

export interface FeedPlace {
  catalog: { webinars: Pick<Webinars, 'liveItemsOf'> };
  media: MediaStore;
  /** Without a trailing slash. */
  baseUrl: string;
  /** Where listeners fetch audio; below the base URL when left out. */
  mediaAddress?: MediaAddress | undefined;
  /** A feed stands under its key, and whether it is another than before: told as soon as it does. */
  onFeed?: ((feedKey: string, changed: boolean) => Promise<void>) | undefined;
}

/** The archive first, because the feed leads to it; then the feed, and what it is compressed. */
export async function putFeeds(
  { media, baseUrl, onFeed }: FeedPlace,
  items: ItemCache,
  show: Show,
  feed: FeedShow,
  known: Pick<ShowMemory, 'archive'>,
): Promise<Put> {
  const { pagedAfter, newFeedUrl: movedTo, hubUrls } = showFeedSettings.parse(show.feed);
  const documents = renderDocuments(feed, {
    pagedAfter,
    archiveUrl: (page) => addressOf(baseUrl, feedArchiveKey(show.slug, page)),
    render: items.render,
  });
  const { archive, head } = documents;
  const changed = archive.filter((each) => !isSamePage(known.archive.get(each.page), each));
  if (changed.length > 0 && revisionOf(await media.head(feedKey(show.slug))) > show.feed_revision)
    return 'outdated';
  for (const each of changed) {
    await putIfChanged(media, feedArchiveKey(show.slug, each.page), each.document, FEED_TYPE);
    known.archive.set(each.page, { head: each.head, items: each.items });
  }
  const fragments = documents.items.map(items.fragment);
  const document = {
    ...{ key: feedKey(show.slug), revision: show.feed_revision, movedTo, hubUrls },
    xml: joinBytes(head, fragments),
    content: hash('sha1', [head, ...fragments.map(({ digest }) => digest)].join(' ')),
  };
  const put = await putFeed(media, document);
  if (put === 'outdated') return put;
  await onFeed?.(document.key, put === 'stored');
  await putEncodings(media, document);
  // Episodes that were taken back may leave the archive a page shorter.
  for (let page = archive.length + 1; ; page += 1) {
    const key = feedArchiveKey(show.slug, page);
    known.archive.delete(page);
    if ((await media.head(key)) === undefined) return put;
    await media.delete(key);
  }
}

/** Items that stay as they are stay the same objects. */
export const isSamePage = (
  before: Pick<ArchivePage, 'head' | 'items'> | undefined,
  page: Pick<ArchivePage, 'head' | 'items'>,
): boolean =>
  before?.head === page.head &&
  before.items.length === page.items.length &&
  before.items.every((item, index) => item === page.items[index]);
