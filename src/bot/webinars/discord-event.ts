/** A webinar's event in Discord. What Discord does not have any more is no fault: the recording counts, not the event. */
import {
  ChannelType,
  DiscordAPIError,
  GuildScheduledEventEntityType,
  GuildScheduledEventPrivacyLevel,
  GuildScheduledEventStatus,
  RESTJSONErrorCodes,
  type Guild,
  type GuildScheduledEvent,
  type StageChannel,
  type VoiceBasedChannel,
} from 'discord.js';
import type { Webinar } from '../../catalog/index.ts';
import { isDiscordCode, UserError } from '../user-error.ts';

export const isStage = (channel: VoiceBasedChannel): channel is StageChannel =>
  channel.type === ChannelType.GuildStageVoice;

export interface PlannedEvent {
  title: string;
  description: string;
  channel: VoiceBasedChannel;
  startsAt: Temporal.Instant;
  durationMinutes: number;
}

/** What Discord says about the start, when that is what it does not like: too far ahead, or past by now. */
export function startFault(error: unknown): string | undefined {
  if (!(error instanceof DiscordAPIError) || !('errors' in error.rawError)) return undefined;
  const { scheduled_start_time: fault } = error.rawError.errors as {
    scheduled_start_time?: { _errors?: { message?: string }[] };
  };
  return fault?._errors?.[0]?.message;
}

/** Throws UserError when Discord does not take the start. */
export async function createEvent(guild: Guild, planned: PlannedEvent): Promise<GuildScheduledEvent> {
  const { title, description, channel, startsAt, durationMinutes } = planned;
  try {
    return await guild.scheduledEvents.create({
      name: title,
      ...(description === '' ? {} : { description }),
      scheduledStartTime: startsAt.epochMilliseconds,
      scheduledEndTime: startsAt.add({ minutes: durationMinutes }).epochMilliseconds,
      privacyLevel: GuildScheduledEventPrivacyLevel.GuildOnly,
      entityType: isStage(channel)
        ? GuildScheduledEventEntityType.StageInstance
        : GuildScheduledEventEntityType.Voice,
      channel: channel.id,
    });
  } catch (error) {
    const detail = startFault(error);
    if (detail === undefined) throw error;
    const timestamp = Math.floor(startsAt.epochMilliseconds / 1000);
    throw new UserError((say) => say.errors.whenRefused(timestamp, detail), { cause: error });
  }
}

/** With its count of interested people; null when it has none, or Discord no longer has it. */
export async function eventOf(
  guild: Guild,
  webinar: Pick<Webinar, 'scheduled_event_id'>,
): Promise<GuildScheduledEvent | null> {
  if (webinar.scheduled_event_id === null) return null;
  try {
    return await guild.scheduledEvents.fetch({
      guildScheduledEvent: webinar.scheduled_event_id,
      withUserCount: true,
      force: true,
    });
  } catch (error) {
    if (isDiscordCode(error, RESTJSONErrorCodes.UnknownGuildScheduledEvent)) return null;
    throw error;
  }
}

/** Opening the linked stage may have made it active already; terminal states are final (docs, "Status"). */
export async function beginEvent(guild: Guild, webinar: Webinar): Promise<void> {
  const event = await eventOf(guild, webinar);
  if (event?.isScheduled()) await event.setStatus(GuildScheduledEventStatus.Active);
}

/** Completes it; one that never began is cancelled. */
export async function finishEvent(guild: Guild, webinar: Webinar): Promise<void> {
  const event = await eventOf(guild, webinar);
  if (event?.isActive()) await event.setStatus(GuildScheduledEventStatus.Completed);
  else if (event?.isScheduled()) await event.setStatus(GuildScheduledEventStatus.Canceled);
}
