/** The catalog's tables as Kysely sees them. Snowflakes are text, moments are `timestamptz`, ids are UUIDs made by us. */
import type { ColumnType, Generated, Selectable } from 'kysely';
import type { FeedReport } from './feed-reports.ts';
import type { EpisodeFeedInput, ShowFeedInput } from './feed-settings.ts';

/** Read as Date, written as Date or ISO text. */
type Moment = ColumnType<Date, Date | string, Date | string>;
/** A moment that the database sets when none is given. */
type GeneratedMoment = ColumnType<Date, Date | string | undefined, Date | string>;
type Json<T> = ColumnType<T, string, string>;

export interface GuildsTable {
  id: string;
  name: string;
  time_zone: Generated<string>;
  language: Generated<string>;
  default_show_id: string | null;
  created_at: GeneratedMoment;
}

export interface ShowsTable {
  id: string;
  guild_id: string;
  /** Unique over the whole installation: it stands in the feed's URL. */
  slug: string;
  title: string;
  description: string;
  author: string;
  language: string;
  /** Apple's category, and its sub-category if any. */
  category: string;
  subcategory: string | null;
  explicit: boolean;
  /** Assigned once when the show is made, from its feed URL; never recomputed, also when that URL changes. */
  podcast_guid: string;
  /** Media store key of the cover, or null for the default cover. */
  cover_key: string | null;
  /** Media store keys of the sounds around and under its talks. */
  intro_key: string | null;
  outro_key: string | null;
  bed_key: string | null;
  preset: Generated<string>;
  /** What its feed says besides these columns. */
  feed: ColumnType<ShowFeedInput, string | undefined, string>;
  /** How its pages look besides the cover. */
  brand: ColumnType<ShowBrand, string | undefined, string>;
  /** A host name of its own for its pages; unique over the whole installation. */
  custom_domain: Generated<string | null>;
  /** Who holds it may have a members' feed; the server's own id means everybody in it, null that there is none. */
  members_role_id: Generated<string | null>;
  /** Whom to tell what concerns members' feeds. */
  members_set_by: Generated<string | null>;
  /** Rises with every change that shows in the feed. */
  feed_revision: Generated<number>;
  /** The revision that stands in the feed; below the other while it is behind. */
  feed_published_revision: Generated<number>;
  /** Since when it is behind; null while the feed says what the catalog says. */
  feed_behind_since: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  /** A show has a public feed only once an episode of it was published. */
  published_at: Moment | null;
  created_at: GeneratedMoment;
}

export interface FeedReportsTable {
  show_id: string;
  report: Json<FeedReport>;
  made_at: GeneratedMoment;
}

export type WebinarState = 'scheduled' | 'live' | 'ended' | 'cancelled';

export interface WebinarsTable {
  id: string;
  guild_id: string;
  show_id: string;
  channel_id: string;
  scheduled_event_id: string | null;
  host_user_id: string;
  title: string;
  description: string;
  starts_at: Moment;
  duration_minutes: number;
  state: WebinarState;
  created_at: GeneratedMoment;
}

export type SessionState = 'recording' | 'sealed' | 'failed';

export interface SessionsTable {
  id: string;
  guild_id: string;
  show_id: string;
  webinar_id: string | null;
  channel_id: string;
  title: string;
  started_by: string;
  state: SessionState;
  started_at: Moment;
  ended_at: Moment | null;
  duration_us: ColumnType<number, number, number> | null;
  speakers: number | null;
}

/** `accent` is a colour as `#rrggbb`; the pages see to it that text on it can be read. */
export interface ShowBrand {
  accent?: string;
}

export type EpisodeState = 'mastering' | 'ready' | 'publishing' | 'published' | 'failed';

/** As Apple has it: `itunes:episodeType`. */
export type EpisodeKind = 'full' | 'trailer' | 'bonus';

/** `unlisted`: whoever has the address; in no feed and on no list. `members`: in members' feeds alone. */
export type EpisodeVisibility = 'public' | 'unlisted' | 'members';

export interface EpisodeChapter {
  startUs: number;
  title: string;
  /** What listeners may open there. */
  url?: string;
  /** Media store key of a picture that goes with it. */
  imageKey?: string;
}

/** So much of the session, from `sessionUs` on, stands in the audio from `masterUs` on. */
export interface KeptPiece {
  sessionUs: number;
  masterUs: number;
  durationUs: number;
}

export interface EpisodesTable {
  id: string;
  show_id: string;
  /** Null for one that was imported: there is no recording of it here. */
  session_id: string | null;
  /** The feed item's guid, unique within the show. Never changes. */
  guid: string;
  /** Unique within the show. */
  slug: string;
  title: string;
  notes: string;
  state: EpisodeState;
  /** What a person reads when `state` is `failed`. */
  failure: string | null;
  duration_us: ColumnType<number, number, number> | null;
  integrated_lufs: number | null;
  true_peak_dbtp: number | null;
  chapters: Json<EpisodeChapter[]>;
  /** What mastering leaves out and changes, in mastering's own form; null for nothing. */
  edit: Json<object> | null;
  /** Of the audio there is; null before there was any. */
  pieces: Json<KeptPiece[]> | null;
  kind: Generated<EpisodeKind>;
  /** Both count from 1. */
  season: Generated<number | null>;
  number: Generated<number | null>;
  visibility: Generated<EpisodeVisibility>;
  /** What its feed item says besides these columns. */
  feed: ColumnType<EpisodeFeedInput, string | undefined, string>;
  /** Media store key of art of its own, or null for the show's. */
  cover_key: Generated<string | null>;
  /** When it is to be published by itself; null when nobody said. Only while it is `ready` or `failed`. */
  publish_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  /** Taken out of the feed by a host, and not put back since. */
  withdrawn_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  /** When a host asked for publication; becomes `published_at` once the feed carries the episode. */
  publishing_at: Moment | null;
  /** The feed item's pubDate: kept when the episode is published again. */
  published_at: Moment | null;
  created_at: GeneratedMoment;
}

/** `mp4` holds moving pictures, and comes from other hosts alone. */
export type RenditionKind = 'mp3' | 'm4a' | 'opus' | 'mp4';

export interface RenditionsTable {
  id: string;
  episode_id: string;
  kind: RenditionKind;
  /** Never reused: replaced audio gets a new key. */
  media_key: string;
  bytes: ColumnType<number, number, number>;
  mime_type: string;
  sha256: string;
  duration_us: ColumnType<number, number, number>;
  created_at: GeneratedMoment;
}

export type TranscriptState = 'making' | 'ready' | 'skipped' | 'failed';

export interface TranscriptsTable {
  episode_id: string;
  state: TranscriptState;
  /** What a person reads: why there is none, or what is missing. */
  note: string | null;
  /** ISO 639; null when nobody said. */
  language: string | null;
  cues: Generated<number>;
  /** Keys of the media store; all or none. */
  vtt_key: string | null;
  srt_key: string | null;
  json_key: string | null;
  updated_at: GeneratedMoment;
}

/** A member who does not want to be recorded in a server. */
export interface RefusalsTable {
  guild_id: string;
  user_id: string;
  since: GeneratedMoment;
}

export type ExportState = 'making' | 'ready' | 'failed';
/** `stems` are FLAC files of the tracks as the last master has them; the others are of what was recorded. */
export type ExportFormat = 'opus' | 'wav' | 'flac' | 'stems';

/** One file of an export; its path is the export's folder and this name. */
export interface ExportedFile {
  kind: 'track' | 'document';
  name: string;
  bytes: number;
  crc32: number;
}

/** A session's tracks, made for producers and kept until `expires_at`. */
export interface ExportsTable {
  /** Names the folder of its files. */
  id: string;
  guild_id: string;
  session_id: string;
  requested_by: string;
  format: ExportFormat;
  /** Both null for all of a session. */
  from_us: ColumnType<number, number, number> | null;
  to_us: ColumnType<number, number, number> | null;
  state: ExportState;
  /** What a person reads when `state` is `failed`. */
  failure: string | null;
  /** `2026-11-22 Show title`: what every file name begins with. */
  name: string | null;
  files: ColumnType<ExportedFile[], string | undefined, string>;
  bytes: ColumnType<number, number, number> | null;
  created_at: GeneratedMoment;
  ready_at: Moment | null;
  expires_at: Moment | null;
}

/** `unproven`: the feed is locked, and whoever asked has not shown yet that it is theirs. */
export type ImportState = 'running' | 'unproven' | 'done' | 'failed';

/** A feed of another host that is taken over, as often as somebody asks. */
export interface ImportsTable {
  id: string;
  guild_id: string;
  feed_url: string;
  /** What the show is to be called in addresses; null for what its title makes. */
  show_slug: string | null;
  /** Hosts of a private network that may be asked all the same, as `host:port`. */
  allow_hosts: ColumnType<string[], string | undefined, string>;
  /** Null until the feed was understood. */
  show_id: string | null;
  state: ImportState;
  /** What a person reads of how it went; null while it runs. */
  said: string | null;
  /** When a locked feed was shown to be theirs. */
  proven_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  created_at: GeneratedMoment;
  updated_at: GeneratedMoment;
}

/** When a directory last fetched a show's feed. */
export interface DirectoryFetchesTable {
  show_id: string;
  directory: string;
  fetched_at: Moment;
  /** Of the answer. */
  status: number;
}

/** What is wrong at present, until somebody was told that it is over. */
export interface TroublesTable {
  /** Stays the same while it lasts, as `behind:<show>`. */
  name: string;
  said: string;
  since: GeneratedMoment;
  told_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
  over_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
}

/** Secrets made at first start, shared by every process of an installation. */
export interface SecretsTable {
  name: string;
  value: string;
  created_at: GeneratedMoment;
}

/** Audio that another has replaced, and that apps may still play until then. */
export interface RetiredMediaTable {
  media_key: string;
  episode_id: string;
  delete_after: Moment;
}

/** All but `active` are gone for good, and say why. */
export type MemberFeedState = 'active' | 'rotated' | 'revoked' | 'banned' | 'erased';

/** One address of a member's private feed. */
export interface MemberFeedsTable {
  /** Hex; of the token that stands in the address, and that is kept nowhere. */
  token_hash: string;
  show_id: string;
  /** Null once the member is forgotten. */
  user_id: string | null;
  generation: number;
  state: Generated<MemberFeedState>;
  /** Whether the member held the role when Discord last said, which was at `checked_at`. */
  has_role: boolean;
  /** Since when that is so, as far as is known. */
  role_changed_at: GeneratedMoment;
  checked_at: Moment;
  created_at: GeneratedMoment;
}

/** What makes a listener's address unrecognisable on one day; gone with the day. */
export interface AudienceSaltsTable {
  day: string;
  salt: string;
}

/** What of a file counts: of the bytes from `from_byte` on, `enough_bytes` make a download. */
export interface AudienceMediaTable {
  media_key: string;
  episode_id: string;
  from_byte: ColumnType<number, number, number>;
  enough_bytes: ColumnType<number, number, number>;
}

/** A listener of an episode on one day, until that day is closed. */
export interface AudienceListenersTable {
  day: string;
  episode_id: string;
  listener: string;
  requests: ColumnType<number, number, number>;
  counted: Generated<boolean>;
}

/** Which bytes of a file a listener has had, until it counts. */
export interface AudienceRangesTable {
  day: string;
  episode_id: string;
  listener: string;
  media_key: string;
  /** An `int8multirange`. */
  sent: string;
}

/** `downloads` has the value '' alone; the values of `filtered` are reasons, and count requests. */
export type AudienceDimension = 'downloads' | 'app' | 'device' | 'country' | 'delivery' | 'filtered';

export interface AudienceFiguresTable {
  day: string;
  episode_id: string;
  dimension: AudienceDimension;
  value: string;
  amount: ColumnType<number, number, number>;
}

export interface LeasesTable {
  name: string;
  holder: string;
  ends_at: Moment;
}

export interface Schema {
  feed_reports: FeedReportsTable;
  leases: LeasesTable;
  guilds: GuildsTable;
  shows: ShowsTable;
  webinars: WebinarsTable;
  sessions: SessionsTable;
  episodes: EpisodesTable;
  renditions: RenditionsTable;
  transcripts: TranscriptsTable;
  refusals: RefusalsTable;
  exports: ExportsTable;
  imports: ImportsTable;
  directory_fetches: DirectoryFetchesTable;
  troubles: TroublesTable;
  secrets: SecretsTable;
  retired_media: RetiredMediaTable;
  member_feeds: MemberFeedsTable;
  audience_salts: AudienceSaltsTable;
  audience_media: AudienceMediaTable;
  audience_listeners: AudienceListenersTable;
  audience_ranges: AudienceRangesTable;
  audience_figures: AudienceFiguresTable;
}

export type Guild = Selectable<GuildsTable>;
export type Show = Selectable<ShowsTable>;
export type Webinar = Selectable<WebinarsTable>;
export type Session = Selectable<SessionsTable>;
export type Episode = Selectable<EpisodesTable>;
export type Rendition = Selectable<RenditionsTable>;
export type Export = Selectable<ExportsTable>;
export type Import = Selectable<ImportsTable>;
export type DirectoryFetch = Selectable<DirectoryFetchesTable>;
export type Trouble = Selectable<TroublesTable>;
export type Transcript = Selectable<TranscriptsTable>;
export type MemberFeed = Selectable<MemberFeedsTable>;
export type AudienceMedia = Selectable<AudienceMediaTable>;
