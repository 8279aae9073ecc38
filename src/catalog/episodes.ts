/**
 * Episodes and their renditions. mastering -> ready -> publishing -> published; `failed` says why in `failure` and can be
 * tried again. A published episode whose publication fails stays published: the feed never loses an item to a fault.
 */
import type { Episode, EpisodeChapter, EpisodeState, Rendition, RenditionKind, Session } from './schema.ts';

export type EpisodeWithRenditions = Episode & { renditions: Rendition[] };

/** An episode that belongs in the feed: `published_at` is set, also while its first publication is under way. */
export type PublishableEpisode = Omit<EpisodeWithRenditions, 'published_at'> & { published_at: Date };

export interface MasteredRendition {
  id: string;
  kind: RenditionKind;
  mediaKey: string;
  bytes: number;
  mimeType: string;
  sha256: string;
  durationUs: number;
}

export interface MasteredEpisode {
  durationUs: number;
  integratedLufs: number | null;
  truePeakDbtp: number | null;
  chapters: EpisodeChapter[];
  renditions: MasteredRendition[];
}

export interface Episodes {
  /** A new episode of a session, in state `mastering`; put its `master` job into the queue in the same transaction. */
  createForSession(
    session: Pick<Session, 'id' | 'show_id' | 'title'>,
    fields?: { title?: string; notes?: string },
  ): Promise<Episode>;
  /** For workers and public pages, which serve every server. */
  byId(episodeId: string): Promise<EpisodeWithRenditions | undefined>;
  bySlug(showId: string, slug: string): Promise<EpisodeWithRenditions | undefined>;
  /** What a show's feed carries, the newest first. */
  publishable(showId: string): Promise<PublishableEpisode[]>;
  /** A member's question: undefined when the episode is another server's. */
  ofGuild(guildId: string, episodeId: string): Promise<EpisodeWithRenditions | undefined>;
  /** A server's episodes, the newest first; 25 by default, as many as Discord's autocomplete shows. */
  listFor(
    guildId: string,
    options?: { showId?: string; sessionId?: string; states?: readonly EpisodeState[]; limit?: number },
  ): Promise<Episode[]>;
  /** Mastering is done: takes in its figures and its renditions in place of any before. Throws StateError. */
  markReady(episodeId: string, mastered: MasteredEpisode): Promise<EpisodeWithRenditions>;
  /** Mastering starts (again) for an episode that has no renditions yet. Throws StateError. */
  remaster(guildId: string, episodeId: string): Promise<Episode>;
  /**
   * A host asks for publication (or for publishing again): state `publishing`; put its `publish` job into the queue in the
   * same transaction. Throws NotInCatalogError, or StateError when there is nothing mastered or it is under way.
   */
  publish(guildId: string, episodeId: string): Promise<Episode>;
  /** The feed carries it. `published_at` stays what it was the first time; the show has a public feed from now on. */
  markPublished(episodeId: string): Promise<Episode>;
  /** The work that the state names came to nothing; `failure` is a sentence a person can act on. */
  markFailed(episodeId: string, failure: string): Promise<Episode>;
}
