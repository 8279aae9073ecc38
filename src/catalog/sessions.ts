/** Recordings. recording -> sealed, or recording -> failed when nothing came of it. */
import { NotInCatalogError } from './errors.ts';
import { type Db, isForeignKeyViolation, isId, storable } from './handle.ts';
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
  /** Of every server, the oldest first: for an operator who holds the catalog against the folders. */
  listAll(): Promise<Session[]>;
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

export function sessionsIn(db: Db): Sessions {
  const byId: Sessions['byId'] = async (sessionId) =>
    isId(sessionId)
      ? db.selectFrom('sessions').selectAll().where('id', '=', sessionId).executeTakeFirst()
      : undefined;

  return {
    async create(session) {
      if (!isId(session.showId)) throw new NotInCatalogError('show');
      try {
        return await db
          .insertInto('sessions')
          .values({
            id: session.id,
            guild_id: session.guildId,
            show_id: session.showId,
            webinar_id: session.webinarId ?? null,
            channel_id: session.channelId,
            title: storable(session.title),
            started_by: session.startedBy,
            state: 'recording',
            started_at: session.startedAt,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
      } catch (error) {
        if (!isForeignKeyViolation(error)) throw error;
        throw new NotInCatalogError(session.webinarId === undefined ? 'show' : 'show or webinar');
      }
    },
    byId,
    ofGuild: async (guildId, sessionId) =>
      isId(sessionId)
        ? db
            .selectFrom('sessions')
            .selectAll()
            .where('id', '=', sessionId)
            .where('guild_id', '=', guildId)
            .executeTakeFirst()
        : undefined,
    listFor: (guildId, { limit = 25 } = {}) =>
      db
        .selectFrom('sessions')
        .selectAll()
        .where('guild_id', '=', guildId)
        .orderBy('started_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute(),
    listAll: () => db.selectFrom('sessions').selectAll().orderBy('started_at').orderBy('id').execute(),
    listLive: (guildId) =>
      db
        .selectFrom('sessions')
        .selectAll()
        .where('guild_id', '=', guildId)
        .where('state', '=', 'recording')
        .orderBy('started_at')
        .execute(),
    async seal(sessionId, { endedAt, durationUs, speakers }) {
      const sealed = isId(sessionId)
        ? await db
            .updateTable('sessions')
            .set({ state: 'sealed', ended_at: endedAt, duration_us: Math.round(durationUs), speakers })
            .where('id', '=', sessionId)
            // A session that was given up and still left a recording counts: what was recorded is never thrown away.
            .where('state', '<>', 'sealed')
            .returningAll()
            .executeTakeFirst()
        : undefined;
      if (sealed === undefined && (await byId(sessionId)) === undefined)
        throw new NotInCatalogError('session');
      return sealed;
    },
    async fail(sessionId, endedAt) {
      if (!isId(sessionId)) return;
      await db
        .updateTable('sessions')
        .set({ state: 'failed', ended_at: endedAt })
        .where('id', '=', sessionId)
        .where('state', '=', 'recording')
        .execute();
    },
  };
}
