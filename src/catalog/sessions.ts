/** Recordings. recording -> sealed, or recording -> failed when nothing came of it. */
import type { Session } from './schema.ts';

export interface NewSession {
  /** UUID, the name of the session's folder. */
  id: string;
  guildId: string;
  showId: string;
  webinarId?: string;
  channelId: string;
  title: string;
  startedBy: string;
  startedAt: Date;
}

export interface Sessions {
  /** Throws NotInCatalogError when the show is not this server's. */
  create(session: NewSession): Promise<Session>;
  /** For workers and signed links, which serve every server. */
  byId(sessionId: string): Promise<Session | undefined>;
  /** A member's question: undefined when the session is another server's. */
  ofGuild(guildId: string, sessionId: string): Promise<Session | undefined>;
  /** A server's sessions, the newest first; 25 by default, as many as Discord's autocomplete shows. */
  listFor(guildId: string, options?: { limit?: number }): Promise<Session[]>;
  /** A server's sessions that still record. */
  listLive(guildId: string): Promise<Session[]>;
  /**
   * Records the end of a session. Undefined when it was sealed before: the recorder repeats itself until it is
   * acknowledged, and only the first word makes an episode. Throws NotInCatalogError for a session never created.
   */
  seal(
    sessionId: string,
    result: { endedAt: Date; durationUs: number; speakers: number },
  ): Promise<Session | undefined>;
  /** The recording came to nothing (it could not join, say). A session that is not recording stays as it is. */
  fail(sessionId: string, endedAt: Date): Promise<void>;
}
