/** A whole feed of another host: its main document, and what is behind it (RFC 5005). */
import { decodeText, type Outside } from '../outside/index.ts';
import { readFeed, type SourceFeed } from './feed.ts';

/** The W3C's validator refuses feeds of more than 5 MB; the longest known have some 40. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_PAGES = 200;
const MOST_ITEMS = 20_000;

export interface WholeFeed extends SourceFeed {
  /** Where it stands, after all redirects. */
  url: string;
  /** More of it was found than is read. */
  isCut: boolean;
}

/** Throws OutsideError and FeedError. What a page repeats is taken from the page before it. */
export async function fetchFeed(outside: Outside, address: string, signal?: AbortSignal): Promise<WholeFeed> {
  const get = async (url: string) => {
    const document = await outside.bytes(url, {
      ...{ mostBytes: MOST_BYTES, signal },
      // What is behind a cache may be older than what its owner has just changed.
      headers: {
        'Cache-Control': 'no-cache',
        Accept: 'application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1',
      },
    });
    return { url: document.url, feed: readFeed(decodeText(document), document.url) };
  };
  const first = await get(address);
  const items = new Map(first.feed.items.map((item) => [item.guid, item]));
  const seen = new Set([address, first.url]);
  const waiting = [...first.feed.morePages];
  let { silentItems } = first.feed;
  for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
    if (seen.has(url)) continue;
    seen.add(url);
    if (seen.size > MOST_PAGES || items.size > MOST_ITEMS) break;
    const { feed } = await get(url);
    for (const item of feed.items) if (!items.has(item.guid)) items.set(item.guid, item);
    silentItems += feed.silentItems;
    waiting.push(...feed.morePages);
  }
  return {
    ...first.feed,
    url: first.url,
    items: [...items.values()].slice(0, MOST_ITEMS),
    silentItems,
    isCut: seen.size > MOST_PAGES || items.size > MOST_ITEMS,
  };
}
