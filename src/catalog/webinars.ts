/** Planned live events. scheduled -> live -> ended, or scheduled -> cancelled. */
import { NotInCatalogError, StateError } from './errors.ts';
import { type Db, isForeignKeyViolation, isId, newId, storable } from './handle.ts';
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

export type WebinarPlan = Pick<NewWebinar, 'channelId' | 'title' | 'description' | 'startsAt'>;

export interface Webinars {
  /** Throws NotInCatalogError when the show is not this server's. */
  create(webinar: NewWebinar): Promise<Webinar>;
  ofGuild(guildId: string, webinarId: string): Promise<Webinar | undefined>;
  byScheduledEvent(guildId: string, scheduledEventId: string): Promise<Webinar | undefined>;
  /** A server's webinars, the earliest first. */
  listFor(guildId: string, filter?: { states?: readonly WebinarState[] }): Promise<Webinar[]>;
  /** For public pages: a show's webinars that are planned or live, the earliest first. */
  upcomingOf(showId: string): Promise<Webinar[]>;
  /** What its event in Discord says now; undefined when it is not planned any more, or not this server's. */
  replan(guildId: string, scheduledEventId: string, plan: WebinarPlan): Promise<Webinar | undefined>;
  /** Each throws NotInCatalogError, or StateError when the webinar is in another state than the step starts from. */
  start(guildId: string, webinarId: string): Promise<Webinar>;
  /** Nothing came of its start: it is planned as before. */
  takeBackStart(guildId: string, webinarId: string): Promise<Webinar>;
  end(guildId: string, webinarId: string): Promise<Webinar>;
  cancel(guildId: string, webinarId: string): Promise<Webinar>;
}

/** What a member reads when a step does not fit. */
const already: Record<WebinarState, string> = {
  scheduled: 'has not started yet. Start it first.',
  live: 'is live already. End it first.',
  ended: 'has ended. Schedule a new one.',
  cancelled: 'was cancelled. Schedule a new one.',
};

export function webinarsIn(db: Db): Webinars {
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
      ? await db
          .updateTable('webinars')
          .set({ state: to })
          .where('id', '=', webinarId)
          .where('guild_id', '=', guildId)
          .where('state', '=', from)
          .returningAll()
          .executeTakeFirst()
      : undefined;
    if (moved !== undefined) return moved;
    const webinar = await ofGuild(guildId, webinarId);
    if (webinar === undefined) throw new NotInCatalogError('webinar');
    throw new StateError(`“${webinar.title}” ${already[webinar.state]}`, webinar.state);
  };

  return {
    async create(webinar) {
      if (!isId(webinar.showId)) throw new NotInCatalogError('show');
      try {
        return await db
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
          .executeTakeFirstOrThrow();
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
    replan: (guildId, scheduledEventId, { channelId, title, description, startsAt }) =>
      db
        .updateTable('webinars')
        .set({
          channel_id: channelId,
          title: storable(title),
          description: storable(description),
          starts_at: startsAt,
        })
        .where('scheduled_event_id', '=', scheduledEventId)
        .where('guild_id', '=', guildId)
        .where('state', '=', 'scheduled')
        .returningAll()
        .executeTakeFirst(),
    start: (guildId, webinarId) => move(guildId, webinarId, 'scheduled', 'live'),
    takeBackStart: (guildId, webinarId) => move(guildId, webinarId, 'live', 'scheduled'),
    end: (guildId, webinarId) => move(guildId, webinarId, 'live', 'ended'),
    cancel: (guildId, webinarId) => move(guildId, webinarId, 'scheduled', 'cancelled'),
  };
}
