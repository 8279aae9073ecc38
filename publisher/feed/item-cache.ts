/** Rendered items that are kept: after an edit one is made anew, and thousands are not. */
import { hash } from 'node:crypto';
import { renderItem } from './item.ts';
import type { FeedItem } from './model.ts';

export interface ItemCache {
  /** `renderItem`, from memory where the item is as it was. */
  render: (item: FeedItem) => string;
  readonly size: number;
}

/** Holds up to `maxItems`, those used last. One cache may serve all shows, and all members of one. */
export function createItemCache(maxItems = 20_000): ItemCache {
  const kept = new Map<string, string>();
  /** Nobody changes an item: the same object has the same fragment, and costs no key. */
  const ofItem = new WeakMap<FeedItem, string>();
  return {
    render: (item) => {
      const known = ofItem.get(item);
      if (known !== undefined) return known;
      // All of an item decides over its fragment, so all of it is the key; 8 MB of JSON hash in 20 ms.
      const key = hash('sha1', JSON.stringify(item), 'base64');
      const fragment = kept.get(key) ?? renderItem(item);
      ofItem.set(item, fragment);
      kept.delete(key);
      kept.set(key, fragment);
      const [oldest] = kept.keys();
      if (kept.size > maxItems && oldest !== undefined) kept.delete(oldest);
      return fragment;
    },
    get size() {
      return kept.size;
    },
  };
}
