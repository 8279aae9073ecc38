/** Planned live events. scheduled -> live -> ended, or scheduled -> cancelled. */
import { NotInCatalogError, StateError } from './errors.ts';
import { atomically, type Db, isForeignKeyViolation, isId, newId, storable } from './handle.ts';
import { raiseRevision } from './revision.ts';
import type { Webinar, WebinarState } from './schema.ts';

export interface NewWebinar {
  guildId: string;
  showId: string;
  channelId: string;
  hostUserId: string;
  title: string;
  description: string;
  startsAt: Date;
  durationMinutes: number;
  scheduledEventId?: string;
}

export interface LiveWebinar {
  webinar: Webinar & { state: 'scheduled' | 'live' | 'ended' };
  /** Of the episode that was made of it, once that is in the feed. */
  episodeSlug: string | undefined;
}

/** Without a duration it keeps the one it had. */
export type WebinarPlan = Pick<NewWebinar, 'channelId' | 'title' | 'description' | 'startsAt'> &
  Partial<Pick<NewWebinar, 'durationMinutes'>>;

export interface Webinars {
  /** Throws NotInCatalogError when the show is not this server's. */
  create(webinar: NewWebinar): Promise<Webinar>;
  ofGuild(guildId: string, webinarId: string): Promise<Webinar | undefined>;
  byScheduledEvent(guildId: string, scheduledEventId: string): Promise<Webinar | undefined>;
  /** A server's webinars, the earliest first. */
  listFor(guildId: string, filter?: { states?: readonly WebinarState[] }): Promise<Webinar[]>;
  /** For public pages: a show's webinars that are planned or live, the earliest first. */
  upcomingOf(showId: string): Promise<Webinar[]>;
  /** What a show's feed says of its live events: those to come, those that run, and the last one that has ended. */
  liveItemsOf(showId: string): Promise<LiveWebinar[]>;
  /** What its event in Discord says now; undefined when it is not planned any more, or not this server's. */
  replan(guildId: string, scheduledEventId: string, plan: WebinarPlan): Promise<Webinar | undefined>;
  /** Each throws NotInCatalogError, or StateError when the webinar is in another state than the step starts from. */
  start(guildId: string, webinarId: string): Promise<Webinar>;
  /** Nothing came of its start: it is planned as before. */
  takeBackStart(guildId: string, webinarId: string): Promise<Webinar>;
  end(guildId: string, webinarId: string): Promise<Webinar>;
  cancel(guildId: string, webinarId: string): Promise<Webinar>;
}

/** An app shows the next few; a calendar has them all. */
const MOST_LIVE_ITEMS = 10;

export function webinarsIn(db: Db): Webinars {
  /** A webinar stands in its show's feed. */
  const changing = (change: (trx: Db) => Promise<Webinar | undefined>) =>
    atomically(db, async (trx) => {
      const webinar = await change(trx);
      if (webinar !== undefined) await raiseRevision(trx, webinar.show_id);
      return webinar;
    });
  const ofGuild: Webinars['ofGuild'] = async (guildId, webinarId) =>
    isId(webinarId)
      ? db
          .selectFrom('webinars')
          .selectAll()
          .where('id', '=', webinarId)
          .where('guild_id', '=', guildId)
          .executeTakeFirst()
      : undefined;

  const move = async (guildId: string, webinarId: string, from: WebinarState, to: WebinarState) => {
    const moved = isId(webinarId)
      ? await changing((trx) =>
          trx
            .updateTable('webinars')
            .set({ state: to })
            .where('id', '=', webinarId)
            .where('guild_id', '=', guildId)
            .where('state', '=', from)
            .returningAll()
            .executeTakeFirst(),
        )
      : undefined;
    if (moved !== undefined) return moved;
    const webinar = await ofGuild(guildId, webinarId);
    if (webinar === undefined) throw new NotInCatalogError('webinar');
    throw new StateError({ noun: 'webinar', state: webinar.state, title: webinar.title });
  };

  return {
    async create(webinar) {
      if (!isId(webinar.showId)) throw new NotInCatalogError('show');
      try {
        const created = await changing((trx) =>
          trx
            .insertInto('webinars')
            .values({
              id: newId(),
              guild_id: webinar.guildId,
              show_id: webinar.showId,
              channel_id: webinar.channelId,
              scheduled_event_id: webinar.scheduledEventId ?? null,
              host_user_id: webinar.hostUserId,
              title: storable(webinar.title),
              description: storable(webinar.description),
              starts_at: webinar.startsAt,
              duration_minutes: webinar.durationMinutes,
              state: 'scheduled',
            })
            .returningAll()
            .executeTakeFirst(),
        );
        return created!;
      } catch (error) {
        throw isForeignKeyViolation(error) ? new NotInCatalogError('show') : error;
      }
    },
    ofGuild,
    byScheduledEvent: (guildId, scheduledEventId) =>
      db
        .selectFrom('webinars')
        .selectAll()
        .where('scheduled_event_id', '=', scheduledEventId)
        .where('guild_id', '=', guildId)
        .executeTakeFirst(),
    listFor: (guildId, { states } = {}) =>
      db
        .selectFrom('webinars')
        .selectAll()
        .where('guild_id', '=', guildId)
        .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
        .orderBy('starts_at')
        .orderBy('id')
        .execute(),
    upcomingOf: async (showId) =>
      isId(showId)
        ? db
            .selectFrom('webinars')
            .selectAll()
            .where('show_id', '=', showId)
            .where('state', 'in', ['scheduled', 'live'])
            .orderBy('starts_at')
            .orderBy('id')
            .execute()
        : [],
    liveItemsOf: async (showId) => {
      if (!isId(showId)) return [];
      const coming = await db
        .selectFrom('webinars')
        .selectAll()
        .where('show_id', '=', showId)
        .where('state', 'in', ['scheduled', 'live'])
        .orderBy('starts_at')
        .orderBy('id')
        .limit(MOST_LIVE_ITEMS)
        .execute();
      const last = await db
        .selectFrom('webinars')
        .selectAll()
        .where('show_id', '=', showId)
        .where('state', '=', 'ended')
        .orderBy('starts_at', 'desc')
        .orderBy('id')
        .executeTakeFirst();
      const episode =
        last &&
        (await db
          .selectFrom('episodes')
          .innerJoin('sessions', 'sessions.id', 'episodes.session_id')
          .select('episodes.slug')
          .where('sessions.webinar_id', '=', last.id)
          .where('episodes.state', 'in', ['publishing', 'published'])
          .where('episodes.visibility', '=', 'public')
          .orderBy('episodes.created_at')
          .executeTakeFirst());
      return [
        ...coming.map((webinar) => ({ webinar, episodeSlug: undefined })),
        ...(last === undefined ? [] : [{ webinar: last, episodeSlug: episode?.slug }]),
      ] as LiveWebinar[];
    },
    replan: (guildId, scheduledEventId, { channelId, title, description, startsAt, durationMinutes }) =>
      changing((trx) =>
        trx
          .updateTable('webinars')
          .set({
            channel_id: channelId,
            title: storable(title),
            description: storable(description),
            starts_at: startsAt,
            ...(durationMinutes !== undefined && { duration_minutes: durationMinutes }),
          })
          .where('scheduled_event_id', '=', scheduledEventId)
          .where('guild_id', '=', guildId)
          .where('state', '=', 'scheduled')
          .returningAll()
          .executeTakeFirst(),
      ),
    start: (guildId, webinarId) => move(guildId, webinarId, 'scheduled', 'live'),
    takeBackStart: (guildId, webinarId) => move(guildId, webinarId, 'live', 'scheduled'),
    end: (guildId, webinarId) => move(guildId, webinarId, 'live', 'ended'),
    cancel: (guildId, webinarId) => move(guildId, webinarId, 'scheduled', 'cancelled'),
  };
}
