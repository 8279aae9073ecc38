/** What the pages are made of. Texts are plain unless a field says HTML; hrefs are relative to the page they stand on. */

export interface AssetHrefs {
  styles: string;
  player: string;
  transcript: string;
  icon: string;
  /** The show's own colours. */
  brand?: string | undefined;
}

export interface FollowLink {
  label: string;
  href: string;
}

/** A picture as pages show it, and as link previews and players of the system do. */
export interface CoverView {
  /** Small enough for a page. */
  href: string;
  /** The whole picture. */
  url: string;
  /** Of the whole picture, which is square; unknown for what could not be read. */
  sidePx: number | undefined;
}

export interface EpisodeRow {
  title: string;
  href: string;
  /** ISO 8601 and as people read it. */
  publishedIso: string;
  publishedText: string;
  durationText: string;
  excerpt: string;
  /** Such as `Season 2, episode 3` or `Trailer`; empty for an episode that has no number. */
  ordinal: string;
}

/** What every page of a show says of it. */
export interface ShowFrame {
  title: string;
  author: string;
  /** BCP 47, of everything the host wrote. */
  language: string;
  href: string;
  pageUrl: string;
  feedUrl: string;
  upcomingHref: string;
}

export interface ShowPageView extends ShowFrame {
  description: string;
  descriptionHtml: string;
  cover: CoverView;
  homeHref: string;
  follow: FollowLink[];
  episodeCount: number;
  episodes: EpisodeRow[];
  /** The next page of older episodes. */
  olderHref: string | undefined;
  structuredData: string;
  assets: AssetHrefs;
}

/** A page of older episodes. */
export interface ArchivePageView extends ShowFrame {
  /** Such as `March 3, 2025 to June 9, 2025`. */
  span: string;
  ownUrl: string;
  episodes: EpisodeRow[];
  newerHref: string;
  olderHref: string | undefined;
  assets: AssetHrefs;
}

export interface ChapterRow {
  title: string;
  /** Whole, as links have it. */
  startSeconds: number;
  startText: string;
  /** To the fraction, as it is drawn. */
  exactStartSeconds: number;
  durationSeconds: number;
}

export interface AudioFile {
  href: string;
  url: string;
  mimeType: string;
  /** Such as `MP3`. */
  format: string;
  sizeText: string;
}

/** What one speaker said, as a paragraph. */
export interface TranscriptTurn {
  speaker: string;
  /** The same speaker as in the paragraph before. */
  goesOn: boolean;
  /** Whole, as links have it. */
  startSeconds: number;
  startText: string;
  sentences: { text: string; startSeconds: number }[];
}

/** A part of a transcript, with its place among the others. */
export interface TranscriptView {
  turns: TranscriptTurn[];
  /** All of them, this one too; the first stands on the episode's page. One alone when it is short. */
  parts: { href: string; startText: string; isThis: boolean }[];
  files: { href: string; format: string }[];
  /** Whether stretches of it are missing. */
  hasHoles: boolean;
  /** BCP 47, of what was said. */
  language: string;
}

export interface PlayerView {
  /** Under which its place is remembered: the same wherever the episode is played. */
  id: string;
  title: string;
  showTitle: string;
  author: string;
  coverUrl: string;
  durationSeconds: number;
  lengthText: string;
  /** What the player tries in this order; never empty. */
  audio: AudioFile[];
  chapters: ChapterRow[];
  /** So many stand in the audio and not on the page. */
  moreChapters: number;
}

export interface EpisodePageView {
  title: string;
  language: string;
  summary: string;
  notesHtml: string;
  show: ShowFrame;
  cover: CoverView;
  pageUrl: string;
  embedUrl: string;
  oembedUrl: string;
  publishedIso: string;
  publishedText: string;
  durationText: string;
  ordinal: string;
  /** Whoever has the address may listen; no list and no search leads here. */
  unlisted: boolean;
  /** Those who are heard, in the order in which they first speak. */
  voices: string[];
  player: PlayerView;
  transcript: TranscriptView | undefined;
  follow: FollowLink[];
  structuredData: string;
  assets: AssetHrefs;
}

/** A later part of a transcript, on a page of its own. */
export interface TranscriptPageView {
  title: string;
  language: string;
  show: ShowFrame;
  episodeHref: string;
  ownUrl: string;
  /** Of which stretch of the episode, such as `from 0:41:02`. */
  placeText: string;
  unlisted: boolean;
  transcript: TranscriptView;
  assets: AssetHrefs;
}

/** A player for other people's pages. */
export interface EmbedPageView {
  title: string;
  language: string;
  pageUrl: string;
  show: Pick<ShowFrame, 'title' | 'pageUrl'>;
  coverHref: string;
  player: PlayerView;
  assets: AssetHrefs;
}

export interface WebinarRow {
  title: string;
  descriptionHtml: string;
  /** ISO 8601. */
  startsIso: string;
  weekday: string;
  day: string;
  month: string;
  /** With its zone: `19:30 CET`. */
  time: string;
  durationText: string;
  isLive: boolean;
  /** Where members of the server take part. */
  eventUrl: string | undefined;
}

export interface UpcomingPageView {
  show: ShowFrame;
  ownUrl: string;
  webinars: WebinarRow[];
  /** The feed for calendars: as a download, and as calendars subscribe to it. */
  calendarHref: string;
  webcalUrl: string;
  assets: AssetHrefs;
}

export interface IndexPageView {
  shows: { title: string; author: string; href: string; coverHref: string; excerpt: string }[];
  opmlHref: string;
  assets: AssetHrefs;
}

export interface FileLink extends FollowLink {
  sizeText: string;
}

/** What was made for producers, or how far it is. */
export type ExportPageView = { formatText: string; assets: AssetHrefs } & (
  | { state: 'making'; percent: number }
  | { state: 'failed'; failure: string }
  | { state: 'ready'; title: string; until: string; all: FileLink; files: FileLink[] }
);

/** A page that says what happened, why, and what to do. */
export interface MessagePageView {
  title: string;
  what: string;
  remedy: string;
  link: FollowLink | undefined;
  assets: AssetHrefs;
}
