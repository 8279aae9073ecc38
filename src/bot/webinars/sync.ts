/** What happens to a webinar's event in Discord's own interface happens to the webinar. */
import {
  Events,
  GuildScheduledEventStatus,
  type Guild,
  type GuildScheduledEvent,
  type PartialGuildScheduledEvent,
} from 'discord.js';
import type { BotContext } from '../context.ts';

type AnyEvent = Pick<GuildScheduledEvent | PartialGuildScheduledEvent, 'id' | 'guildId'>;

export interface WebinarSync {
  /** Takes in what happened while we were away: a planned event that Discord no longer has was cancelled. */
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
  const onUpdate = (_: unknown, event: GuildScheduledEvent): void => {
    if (event.status === GuildScheduledEventStatus.Canceled) onGone(event);
  };
  client.on(Events.GuildScheduledEventDelete, onGone);
  client.on(Events.GuildScheduledEventUpdate, onUpdate);
  return {
    async catchUp(guild) {
      // A guild that Discord cannot reach now has no events that we know of, which says nothing about them.
      if (!guild.available) return;
      const planned = await catalog.webinars.listFor(guild.id, { states: ['scheduled'] });
      for (const { scheduled_event_id: id } of planned)
        if (id !== null && !guild.scheduledEvents.cache.has(id)) await cancel({ id, guildId: guild.id });
    },
    close() {
      client.off(Events.GuildScheduledEventDelete, onGone);
      client.off(Events.GuildScheduledEventUpdate, onUpdate);
    },
  };
}
