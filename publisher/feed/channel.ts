/** What a feed says of the show, before its episodes. */
import { rfc2822 } from './dates.ts';
import { renderSaid } from './item.ts';
import { renderLiveItem } from './live-item.ts';
import { address } from './member-token.ts';
import type { FeedShow, Trailer } from './model.ts';
import { cutToBytes, notesToShortHtml } from './notes.ts';
import { renderPodroll, renderPublisher } from './remote-items.ts';
import { isHtml } from './safe-html.ts';
import { titleOf, trueOrFalse, YES } from './values.ts';
import { cdata, cleanLine, element, maybe, maybeParent, parent } from './xml.ts';

/** What every document of a show must say, archive pages too. */
export function renderIdentity(show: FeedShow): string[] {
  const title = titleOf(show.title);
  return [
    element('title', title),
    element('link', show.pageUrl),
    isHtml(show.description)
      ? parent('description', [cdata(notesToShortHtml(show.description))])
      : element('description', cutToBytes(show.description)),
    element('language', show.language),
    element('generator', 'Stagecast'),
    element('itunes:author', titleOf(show.author)),
    renderCategory(show.category, show.subcategory),
    element('itunes:explicit', trueOrFalse(show.explicit)),
    element('itunes:image', undefined, { href: address(show.imageUrl) }),
    element('podcast:guid', show.podcastGuid),
    // Nobody may import the show elsewhere without its owner lifting this (docs/tags/locked.md).
    element('podcast:locked', show.locked === false ? 'no' : 'yes', { owner: show.ownerEmail }),
    element('podcast:medium', show.medium ?? 'podcast'),
    show.itunesBlock === true ? element('itunes:block', YES) : '',
    ...(show.blocks ?? []).map(({ platform, blocked }) =>
      element('podcast:block', blocked ? 'yes' : 'no', { id: platform }),
    ),
  ];
}

/** All that only the main document says. */
export function renderChannel(show: FeedShow): string[] {
  return [
    ...renderIdentity(show),
    maybe('pubDate', newestOf(show)),
    element('itunes:type', show.type ?? 'episodic'),
    ...(show.moreCategories ?? []).map(({ category, subcategory }) => renderCategory(category, subcategory)),
    parent('image', [
      parent('url', [address(show.imageUrl).escaped]),
      element('title', titleOf(show.title)),
      element('link', show.pageUrl),
    ]),
    maybe('copyright', cleanLine(show.copyright ?? '')),
    maybeParent('itunes:owner', [
      maybe('itunes:name', cleanLine(show.ownerName ?? '')),
      maybe('itunes:email', show.ownerEmail),
    ]),
    show.complete === true ? element('itunes:complete', YES) : '',
    maybe('itunes:new-feed-url', show.newFeedUrl),
    maybe('itunes:applepodcastsverify', cleanLine(show.applePodcastsVerify ?? '')),
    ...renderSaid(show),
    renderUpdateFrequency(show.updateFrequency),
    show.usesPodping === true ? element('podcast:podping', undefined, { usesPodping: 'true' }) : '',
    renderPodroll(show.podroll ?? []),
    show.publisher === undefined ? '' : renderPublisher(show.publisher),
    ...(show.trailers ?? trailersOf(show)).map(renderTrailer),
    ...(show.liveItems ?? []).map(renderLiveItem),
  ];
}

function renderCategory(category: string, subcategory: string | undefined): string {
  const text = { text: cleanLine(category) };
  return subcategory === undefined
    ? element('itunes:category', undefined, text)
    : parent(
        'itunes:category',
        [element('itunes:category', undefined, { text: cleanLine(subcategory) })],
        text,
      );
}

function newestOf({ items }: FeedShow): string | undefined {
  const newest = items.reduce(
    (latest, { publishedAt }) => Math.max(latest, publishedAt.getTime()),
    -Infinity,
  );
  return newest === -Infinity ? undefined : rfc2822(new Date(newest));
}

/** docs/tags/update-frequency.md. */
function renderUpdateFrequency(frequency: FeedShow['updateFrequency']): string {
  if (frequency === undefined) return '';
  const { text, rrule, dtstart, complete } = frequency;
  return maybe('podcast:updateFrequency', cleanLine(text, 128), {
    ...{ rrule, dtstart },
    complete: complete ? 'true' : undefined,
  });
}

const trailersOf = ({ items }: FeedShow): Trailer[] =>
  items
    .filter(({ kind }) => kind === 'trailer')
    .map(({ title, publishedAt, season, enclosure: { url, bytes, mimeType } }) => ({
      ...{ title, publishedAt, season, url, bytes, mimeType },
    }));

/** docs/tags/trailer.md. */
const renderTrailer = (trailer: Trailer): string =>
  element('podcast:trailer', cleanLine(trailer.title, 128) || 'Trailer', {
    ...{ url: address(trailer.url), pubdate: rfc2822(trailer.publishedAt) },
    ...{ length: trailer.bytes, type: trailer.mimeType, season: trailer.season },
  });
