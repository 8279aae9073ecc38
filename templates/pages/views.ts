/** What the pages are made of. Texts are plain unless a field says HTML; hrefs are relative to the page they stand on. */

export interface AssetHrefs {
  styles: string;
  script: string;
  icon: string;
}

export interface FollowLink {
  label: string;
  href: string;
}

export interface EpisodeRow {
  title: string;
  href: string;
  /** ISO 8601 and as people read it. */
  publishedIso: string;
  publishedText: string;
  durationText: string;
  excerpt: string;
}

export interface ShowPageView {
  title: string;
  author: string;
  /** BCP 47, of everything the host wrote. */
  language: string;
  description: string;
  descriptionHtml: string;
  coverHref: string;
  coverUrl: string;
  pageUrl: string;
  feedUrl: string;
  homeHref: string;
  follow: FollowLink[];
  episodes: EpisodeRow[];
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

export interface TranscriptView {
  turns: TranscriptTurn[];
  files: { href: string; format: string }[];
  /** Whether stretches of it are missing. */
  hasHoles: boolean;
  /** BCP 47, of what was said. */
  language: string;
}

export interface EpisodePageView {
  title: string;
  language: string;
  summary: string;
  notesHtml: string;
  show: { title: string; author: string; href: string; feedUrl: string };
  coverHref: string;
  coverUrl: string;
  pageUrl: string;
  publishedIso: string;
  publishedText: string;
  durationText: string;
  durationSeconds: number;
  /** What the player tries in this order; never empty. */
  audio: AudioFile[];
  chapters: ChapterRow[];
  transcript: TranscriptView | undefined;
  follow: FollowLink[];
  assets: AssetHrefs;
}

export interface IndexPageView {
  shows: { title: string; author: string; href: string; coverHref: string; excerpt: string }[];
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
