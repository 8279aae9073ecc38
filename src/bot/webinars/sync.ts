/** While a webinar is planned, what happens to its event in Discord's own interface happens to the webinar. */
import {
  Events,
  GuildScheduledEventStatus,
  type Guild,
  type GuildScheduledEvent,
  type PartialGuildScheduledEvent,
} from 'discord.js';
import type { BotContext } from '../context.ts';

type AnyEvent = Pick<GuildScheduledEvent | PartialGuildScheduledEvent, 'id' | 'guildId'>;

/** Who ends an event in Discord that was never started here has ended the webinar as well: it would be offered for ever. */
const isOver = ({ status }: Pick<GuildScheduledEvent, 'status'>): boolean =>
  status === GuildScheduledEventStatus.Canceled || status === GuildScheduledEventStatus.Completed;

export interface WebinarSync {
  /** Takes in what happened while we were away: events that were edited, and those that are no more. */
  catchUp(guild: Guild): Promise<void>;
  close(): void;
}

export function syncWebinars({ catalog, client, logger, background }: BotContext): WebinarSync {
  async function cancel(event: AnyEvent): Promise<void> {
    const webinar = await catalog.webinars.byScheduledEvent(event.guildId, event.id);
    if (webinar?.state !== 'scheduled') return;
    await catalog.webinars.cancel(event.guildId, webinar.id);
    logger.info({ webinarId: webinar.id }, 'a webinar was cancelled in Discord');
  }
  const onGone = (event: AnyEvent): void =>
    background.run('a webinar was not cancelled', () => cancel(event), { eventId: event.id });
  async function replan(event: GuildScheduledEvent): Promise<void> {
    const { id, guildId, channelId, name, description, scheduledStartAt, scheduledEndTimestamp } = event;
    // An event that was moved out of the server's channels cannot be recorded; the webinar stays where it was planned.
    if (channelId === null || scheduledStartAt === null) return;
    const plan = { channelId, title: name, description: description ?? '', startsAt: scheduledStartAt };
    const minutes =
      scheduledEndTimestamp === null ? 0 : (scheduledEndTimestamp - scheduledStartAt.getTime()) / 60_000;
    await catalog.webinars.replan(
      guildId,
      id,
      minutes > 0 ? { ...plan, durationMinutes: Math.round(minutes) } : plan,
    );
  }
  const onUpdate = (_: unknown, event: GuildScheduledEvent): void => {
    if (isOver(event)) onGone(event);
    else background.run('a webinar was not planned anew', () => replan(event), { eventId: event.id });
  };
  client.on(Events.GuildScheduledEventDelete, onGone);
  client.on(Events.GuildScheduledEventUpdate, onUpdate);
  return {
    async catchUp(guild) {
      // A guild that Discord cannot reach now has no events that we know of, which says nothing about them.
      if (!guild.available) return;
      const planned = await catalog.webinars.listFor(guild.id, { states: ['scheduled'] });
      for (const { scheduled_event_id: id } of planned) {
        const event = id === null ? null : guild.scheduledEvents.cache.get(id);
        if (event && !isOver(event)) await replan(event);
        else if (id !== null) await cancel({ id, guildId: guild.id });
      }
    },
    close() {
      client.off(Events.GuildScheduledEventDelete, onGone);
      client.off(Events.GuildScheduledEventUpdate, onUpdate);
    },
  };
}
