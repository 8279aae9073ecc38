/** Documents from fragments. The same fragments give the same bytes. */
import { pagesOf } from './archive.ts';
import { renderChannel, renderIdentity } from './channel.ts';
import type { Fragment } from './item-cache.ts';
import { renderItem } from './item.ts';
import { address, TOKEN_SLOT } from './member-token.ts';
import type { FeedItem, FeedShow } from './model.ts';
import { type Attributes, element, startTag } from './xml.ts';

const NAMESPACES: Attributes = {
  version: '2.0',
  'xmlns:itunes': 'http://www.itunes.com/dtds/podcast-1.0.dtd',
  'xmlns:podcast': 'https://podcastindex.org/namespace/1.0',
  'xmlns:atom': 'http://www.w3.org/2005/Atom',
  'xmlns:content': 'http://purl.org/rss/1.0/modules/content/',
};
/** RFC 5005, appendix B: in RSS these stand in the channel, as atom:link and fh:archive. */
const HISTORY: Attributes = { 'xmlns:fh': 'http://purl.org/syndication/history/1.0' };

const link = (rel: string, href: string, type?: string) =>
  element('atom:link', undefined, { href: address(href), rel, type });
const feedLink = (rel: string, href: string) => link(rel, href, 'application/rss+xml');

export interface FeedLinks {
  /** The youngest page of the archive, where there is one. */
  prevArchiveUrl?: string | undefined;
}

/** All of the main feed before its first item. Left open: `joinFeed` closes it. */
export function renderHead(show: FeedShow, { prevArchiveUrl }: FeedLinks = {}): string {
  const channel = [
    feedLink('self', show.feedUrl),
    // WebSub, section 4: whoever reads the feed finds where to be told of changes.
    ...(show.hubUrls ?? []).map((hub) => link('hub', hub)),
    prevArchiveUrl === undefined ? '' : feedLink('prev-archive', prevArchiveUrl),
    ...renderChannel(show),
  ];
  return head(NAMESPACES, channel);
}

export interface ArchiveLinks {
  selfUrl: string;
  /** The page with what is older, and the one with what is younger. */
  prevUrl: string | undefined;
  nextUrl: string | undefined;
}

/**
 * The same of an archive page: who it belongs to, and no more, so that it stays as it is while its episodes and the show's
 * own data do. The youngest page gains its `next-archive` when another follows.
 */
export function renderArchiveHead(show: FeedShow, { selfUrl, prevUrl, nextUrl }: ArchiveLinks): string {
  return head({ ...NAMESPACES, ...HISTORY }, [
    feedLink('self', selfUrl),
    feedLink('current', show.feedUrl),
    prevUrl === undefined ? '' : feedLink('prev-archive', prevUrl),
    nextUrl === undefined ? '' : feedLink('next-archive', nextUrl),
    element('fh:archive'),
    ...renderIdentity(show),
  ]);
}

function head(namespaces: Attributes, channel: string[]): string {
  const start = startTag('rss', namespaces) + startTag('channel');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${start}${channel.join('')}`;
}

const FOOT = '</channel></rss>\n';

/** Throws when a member's token was not filled in: such a document would be no XML, and of no use to anybody. */
export function joinFeed(head: string, fragments: readonly string[]): string {
  const document = `${head}${fragments.join('')}${FOOT}`;
  if (document.includes(TOKEN_SLOT)) throw unfilled();
  return document;
}

/** The same as the parts of its bytes. */
export function joinBytes(head: string, fragments: readonly Fragment[]): Uint8Array[] {
  if (head.includes(TOKEN_SLOT) || fragments.some(({ hasSlot }) => hasSlot)) throw unfilled();
  return [Buffer.from(head), ...fragments.map(({ bytes }) => bytes), Buffer.from(FOOT)];
}

const unfilled = () => new TypeError('A feed has a slot for a token that is not filled');

export interface FeedDocuments {
  /** What the main feed is made of, the newest item first. */
  head: string;
  items: readonly FeedItem[];
  /** The same as a document, made when it is asked for. */
  readonly main: string;
  /** The oldest page first; `page` counts from 1 and stays. */
  archive: ArchivePage[];
}

export interface ArchivePage {
  page: number;
  url: string;
  /** What the document is made of, for who has it already. */
  head: string;
  items: readonly FeedItem[];
  /** Made when it is asked for. */
  readonly document: string;
}

export interface FeedDocumentOptions {
  /** So many stand in the main feed; all when missing. */
  pagedAfter?: number | undefined;
  archiveUrl: (page: number) => string;
  /** A cache of `renderItem`, or one that fills in a token. */
  render?: ((item: FeedItem) => string) | undefined;
}

/** The main feed and the archive behind it. */
export function renderDocuments(
  show: FeedShow,
  { pagedAfter, archiveUrl, render = renderItem }: FeedDocumentOptions,
): FeedDocuments {
  const { main, archive } = pagesOf(show.items, pagedAfter ?? Math.max(1, show.items.length));
  const urlOf = (page: number) => (page >= 1 && page <= archive.length ? archiveUrl(page) : undefined);
  const head = renderHead(show, { prevArchiveUrl: urlOf(archive.length) });
  return {
    ...{ head, items: main },
    get main() {
      return joinFeed(head, main.map(render));
    },
    archive: archive.map((items, index) => {
      const page = index + 1;
      const url = archiveUrl(page);
      const links = { selfUrl: url, prevUrl: urlOf(page - 1), nextUrl: urlOf(page + 1) };
      const head = renderArchiveHead(show, links);
      return {
        ...{ page, url, head, items },
        get document() {
          return joinFeed(head, items.map(render));
        },
      };
    }),
  };
}
