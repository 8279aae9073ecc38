/** A webinar in a feed: announced, on air, over (Podcasting 2.0, docs/tags/live-item.md). */
import { renderAlternate, renderEnclosure } from './enclosures.ts';
import { renderNotes, renderSaid } from './item.ts';
import { address } from './member-token.ts';
import type { LiveItem } from './model.ts';
import { renderContentLink } from './statements.ts';
import { titleOf, trueOrFalse } from './values.ts';
import { element, parent } from './xml.ts';

/** Its children are those of an item, in no namespace of their own. */
export function renderLiveItem(live: LiveItem): string {
  const title = titleOf(live.title);
  return parent(
    'podcast:liveItem',
    [
      element('title', title),
      live.pageUrl === undefined ? '' : element('link', live.pageUrl),
      element('guid', live.guid, { isPermaLink: 'false' }),
      ...renderNotes(live.notes, title),
      renderEnclosure(live.enclosure),
      element('itunes:explicit', trueOrFalse(live.explicit)),
      live.imageUrl === undefined ? '' : element('itunes:image', undefined, { href: address(live.imageUrl) }),
      ...(live.alternates ?? []).map((alternate) => renderAlternate(alternate)),
      ...live.contentLinks.map(renderContentLink),
      ...renderSaid(live),
    ],
    {
      status: live.status,
      start: live.startsAt.toISOString(),
      end: live.endsAt?.toISOString(),
    },
  );
}
