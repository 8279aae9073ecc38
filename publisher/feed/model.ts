/**
 * What the writer and the lint know of a show. Whoever makes these spreads in what a host said (`show.feed`, `episode.feed`);
 * all of that may be missing. Addresses of our own may hold TOKEN_SLOT (member-token.ts).
 */
import type { EpisodeFeedSettings, ShowFeedSettings } from '../../src/catalog/feed-settings.ts';

export interface Enclosure {
  url: string;
  /** Exact length of the stored file. */
  bytes: number;
  mimeType: string;
}

/** Podcasting 2.0, docs/tags/alternate-enclosure.md. */
export interface AlternateEnclosure extends Enclosure {
  /** Cut to 32 characters. */
  title?: string | undefined;
  bitsPerSecond?: number | undefined;
  /** Hex, of the whole file. */
  sha256?: string | undefined;
  /** Where the same file is found as well. */
  otherUrls?: string[] | undefined;
  /** RFC 6381. */
  codecs?: string | undefined;
  heightPixels?: number | undefined;
  /** BCP 47. */
  language?: string | undefined;
  /** Groups what is one content in several encodings; the enclosure's when missing. */
  rel?: string | undefined;
}

/** The audio that all apps play. With its hash it is said once more, as the default of the alternates. */
export type MainEnclosure = Enclosure & Pick<AlternateEnclosure, 'title' | 'bitsPerSecond' | 'sha256'>;

/** Podcasting 2.0, docs/tags/transcript.md. */
export interface FeedTranscript {
  url: string;
  mimeType: string;
  /** ISO 639; the show's when missing. */
  language?: string | undefined;
  /** Its lines are short enough to be shown while it plays. */
  isCaptions: boolean;
}

export type EpisodeKind = 'full' | 'trailer' | 'bonus';

export interface FeedItem extends Partial<Omit<EpisodeFeedSettings, 'explicit'>> {
  /** Never changes: apps know an episode by it. */
  guid: string;
  title: string;
  /** Plain text or HTML. */
  notes: string;
  pageUrl: string;
  publishedAt: Date;
  durationUs: number;
  explicit: boolean;
  enclosure: MainEnclosure;
  /** The same in other encodings. */
  alternates: AlternateEnclosure[];
  chaptersUrl: string | undefined;
  transcripts?: FeedTranscript[] | undefined;
  kind?: EpisodeKind | undefined;
  season?: number | undefined;
  /** Apple takes whole numbers from 1 on, Podcasting 2.0 parts of one too. */
  number?: number | undefined;
  /** Art of its own; apps fall back to the show's. */
  imageUrl?: string | undefined;
}

/** Podcasting 2.0, docs/tags/content-link.md. */
export interface ContentLink {
  url: string;
  text: string;
}

/** Podcasting 2.0, docs/tags/live-item.md: what goes on now, or is going to, or has just ended. */
export interface LiveItem extends Partial<
  Omit<EpisodeFeedSettings, 'explicit' | 'contentLinks' | 'soundbites' | 'seasonName' | 'numberDisplay'>
> {
  /** Another guid is another stream. */
  guid: string;
  status: 'pending' | 'live' | 'ended';
  startsAt: Date;
  endsAt?: Date | undefined;
  title: string;
  notes: string;
  pageUrl?: string | undefined;
  explicit: boolean;
  enclosure: Enclosure;
  alternates?: AlternateEnclosure[] | undefined;
  /** Required: for whoever has an app that cannot play it. */
  contentLinks: [ContentLink, ...ContentLink[]];
  imageUrl?: string | undefined;
}

/** Podcasting 2.0, docs/tags/trailer.md. */
export interface Trailer extends Enclosure {
  title: string;
  publishedAt: Date;
  season?: number | undefined;
}

export interface FeedShow extends Partial<Omit<ShowFeedSettings, 'pagedAfter' | 'op3'>> {
  title: string;
  /** Plain text or HTML. */
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
  liveItems?: LiveItem[] | undefined;
  /** Those of the items that are trailers when missing. */
  trailers?: Trailer[] | undefined;
}
