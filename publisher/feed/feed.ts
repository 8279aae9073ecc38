/**
 * The RSS document of a show. A pure function from what is true of the show to text, by PSP-1 and the itunes and podcast
 * namespaces; the same input gives the same bytes, so that validators change only when the feed does.
 */
import { rfc2822 } from './dates.ts';
import { cutToBytes, MAX_DESCRIPTION_BYTES, notesToHtml, notesToShortHtml } from './notes.ts';
import { cdata, cleanLine, element, parent } from './xml.ts';

export interface Enclosure {
  url: string;
  /** Exact length of the stored file. */
  bytes: number;
  mimeType: string;
}

/** Podcasting 2.0, docs/tags/transcript.md of Podcastindex-org/podcast-namespace. */
export interface FeedTranscript {
  url: string;
  mimeType: string;
  /** ISO 639; the show's when missing. */
  language?: string | undefined;
  /** Its lines are short enough to be shown while it plays. */
  isCaptions: boolean;
}

export interface FeedItem {
  /** Never changes: apps know an episode by it. */
  guid: string;
  title: string;
  /** Plain text. */
  notes: string;
  pageUrl: string;
  publishedAt: Date;
  durationUs: number;
  explicit: boolean;
  enclosure: Enclosure;
  /** The same audio in other encodings. */
  alternates: (Enclosure & { title: string; bitsPerSecond: number; sha256: string })[];
  chaptersUrl: string | undefined;
  transcripts?: FeedTranscript[];
}

export interface FeedShow {
  title: string;
  /** Plain text. */
  description: string;
  author: string;
  /** BCP 47. */
  language: string;
  category: string;
  subcategory: string | undefined;
  explicit: boolean;
  podcastGuid: string;
  feedUrl: string;
  pageUrl: string;
  imageUrl: string;
  /** Newest first. */
  items: FeedItem[];
}

const NAMESPACES = {
  version: '2.0',
  'xmlns:itunes': 'http://www.itunes.com/dtds/podcast-1.0.dtd',
  'xmlns:podcast': 'https://podcastindex.org/namespace/1.0',
  'xmlns:atom': 'http://www.w3.org/2005/Atom',
  'xmlns:content': 'http://purl.org/rss/1.0/modules/content/',
};

/** PSP-1 and Apple take exactly these two words. */
const trueOrFalse = (value: boolean) => (value ? 'true' : 'false');

/** PSP-1 asks for these to be there, and a reader for them to be visible. */
const titleOf = (text: string) => cleanLine(text) || 'Untitled';

/** The whole document. Values are cleaned and cut to what apps accept; nothing here throws on hostile text. */
export function renderFeed(show: FeedShow): string {
  const title = titleOf(show.title);
  const category =
    show.subcategory === undefined
      ? element('itunes:category', undefined, { text: cleanLine(show.category) })
      : parent(
          'itunes:category',
          [element('itunes:category', undefined, { text: cleanLine(show.subcategory) })],
          {
            text: cleanLine(show.category),
          },
        );
  const newest = show.items.reduce<Date | undefined>(
    (latest, { publishedAt }) => (latest === undefined || publishedAt > latest ? publishedAt : latest),
    undefined,
  );
  const channel = [
    element('atom:link', undefined, { href: show.feedUrl, rel: 'self', type: 'application/rss+xml' }),
    element('title', title),
    element('link', show.pageUrl),
    element('description', cutToBytes(show.description)),
    element('language', show.language),
    element('generator', 'Stagecast'),
    ...(newest === undefined ? [] : [element('pubDate', rfc2822(newest))]),
    element('itunes:author', titleOf(show.author)),
    element('itunes:type', 'episodic'),
    category,
    element('itunes:explicit', trueOrFalse(show.explicit)),
    element('itunes:image', undefined, { href: show.imageUrl }),
    parent('image', [element('url', show.imageUrl), element('title', title), element('link', show.pageUrl)]),
    element('podcast:guid', show.podcastGuid),
    // Nobody may import the show elsewhere without its owner lifting this (Podcasting 2.0: the default a host should set).
    element('podcast:locked', 'yes'),
    element('podcast:medium', 'podcast'),
  ];
  const rss = parent('rss', [parent('channel', [...channel, ...show.items.map(renderItem)])], NAMESPACES);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${rss}\n`;
}

function renderItem(item: FeedItem): string {
  const title = titleOf(item.title);
  const notes = item.notes.trim() === '' ? title : item.notes;
  const short = notesToShortHtml(notes);
  const whole = notesToHtml(notes);
  return parent('item', [
    element('title', title),
    element('itunes:title', title),
    element('link', item.pageUrl),
    element('guid', item.guid, { isPermaLink: 'false' }),
    element('pubDate', rfc2822(item.publishedAt)),
    parent('description', [cdata(short)]),
    // Said again only where the description had to be cut: large feeds are refused by some readers.
    ...(Buffer.byteLength(whole) > MAX_DESCRIPTION_BYTES ? [parent('content:encoded', [cdata(whole)])] : []),
    element('enclosure', undefined, {
      url: item.enclosure.url,
      length: item.enclosure.bytes,
      type: item.enclosure.mimeType,
    }),
    element('itunes:duration', Math.round(item.durationUs / 1e6)),
    element('itunes:explicit', trueOrFalse(item.explicit)),
    element('itunes:episodeType', 'full'),
    ...(item.chaptersUrl === undefined
      ? []
      : [
          element('podcast:chapters', undefined, {
            url: item.chaptersUrl,
            type: 'application/json+chapters',
          }),
        ]),
    ...(item.transcripts ?? []).map(({ url, mimeType, language, isCaptions }) =>
      element('podcast:transcript', undefined, {
        ...{ url, type: mimeType, language },
        rel: isCaptions ? 'captions' : undefined,
      }),
    ),
    ...item.alternates.map(renderAlternate),
  ]);
}

function renderAlternate(alternate: FeedItem['alternates'][number]): string {
  return parent(
    'podcast:alternateEnclosure',
    [
      element('podcast:source', undefined, { uri: alternate.url }),
      element('podcast:integrity', undefined, {
        type: 'sri',
        value: `sha256-${Buffer.from(alternate.sha256, 'hex').toString('base64')}`,
      }),
    ],
    {
      type: alternate.mimeType,
      length: alternate.bytes,
      bitrate: Math.round(alternate.bitsPerSecond),
      title: cleanLine(alternate.title, 32),
    },
  );
}
