/** Planned live events. scheduled -> live -> ended, or scheduled -> cancelled. */
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

export interface Webinars {
  /** Throws NotInCatalogError when the show is not this server's. */
  create(webinar: NewWebinar): Promise<Webinar>;
  ofGuild(guildId: string, webinarId: string): Promise<Webinar | undefined>;
  byScheduledEvent(guildId: string, scheduledEventId: string): Promise<Webinar | undefined>;
  /** A server's webinars, the earliest first. */
  listFor(guildId: string, filter?: { states?: readonly WebinarState[] }): Promise<Webinar[]>;
  setScheduledEvent(guildId: string, webinarId: string, scheduledEventId: string): Promise<Webinar>;
  /** Each throws NotInCatalogError, or StateError when the webinar is in another state than the step starts from. */
  start(guildId: string, webinarId: string): Promise<Webinar>;
  end(guildId: string, webinarId: string): Promise<Webinar>;
  cancel(guildId: string, webinarId: string): Promise<Webinar>;
}
