/**
 * The RSS document of a show. A pure function from what is true of the show to text, by PSP-1 and the itunes and podcast
 * namespaces; the same input gives the same bytes, so that validators change only when the feed does.
 */
import { joinFeed, renderHead } from './document.ts';
import { renderItem } from './item.ts';
import type { FeedShow } from './model.ts';

export type * from './model.ts';

/** All in one document. Values are cleaned and cut to what apps accept; nothing here throws on hostile text. */
export function renderFeed(show: FeedShow): string {
  return joinFeed(renderHead(show), show.items.map(renderItem));
}
