/** `/webinar schedule`: an event of the server, and a row of the catalog. */
import type { VoiceBasedChannel } from 'discord.js';
import {
  assertNothingStandsInTheWay,
  STAGE_MODERATOR,
  TO_RECORD,
  TO_SCHEDULE,
  type PermissionName,
} from '../../permissions.ts';
import { oneLine, plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { createEvent, isStage } from '../../webinars/discord-event.ts';
import { parseWhen } from '../../when.ts';
import { SPEAKABLE, type Call, type Command } from '../command.ts';

/** To open its doors and record in it later; said when it is planned, not when everybody waits. */
export const neededFor = (channel: VoiceBasedChannel): PermissionName[] => [
  ...TO_RECORD,
  ...(isStage(channel) ? STAGE_MODERATOR : []),
];

/** A moment to come, in the server's time zone. Throws UserError. */
export async function startOf(typed: string, { catalog, guild }: Call): Promise<Temporal.Instant> {
  const { time_zone: timeZone } = await catalog.guilds.upsert({ id: guild.id, name: guild.name });
  const startsAt = parseWhen(typed, timeZone, Temporal.Now.instant());
  if (startsAt === undefined) throw new UserError((say) => say.errors.whenUnclear(plain(typed), timeZone));
  if (startsAt.epochMilliseconds > Date.now()) return startsAt;
  throw new UserError((say) => say.errors.whenPast(Math.floor(startsAt.epochMilliseconds / 1000)));
}

export const webinarSchedule: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, guild, member, texts, logger } = call;
    const { options } = interaction;
    const channel = options.getChannel('channel', true, SPEAKABLE);
    const title = oneLine(options.getString('title', true));
    if (title === '') throw new UserError((say) => say.errors.titleEmpty);
    const description = options.getString('description')?.trim() ?? '';
    const durationMinutes = options.getInteger('minutes') ?? 60;
    const startsAt = await startOf(options.getString('when', true), call);
    assertNothingStandsInTheWay(channel, [...neededFor(channel), ...TO_SCHEDULE]);

    const show = await catalog.shows.createDefaultFor({ id: guild.id, name: guild.name });
    const event = await createEvent(guild, { title, description, channel, startsAt, durationMinutes });
    try {
      await catalog.webinars.create({
        guildId: guild.id,
        showId: show.id,
        channelId: channel.id,
        hostUserId: member.id,
        title,
        description,
        startsAt: new Date(startsAt.epochMilliseconds),
        durationMinutes,
        scheduledEventId: event.id,
      });
    } catch (error) {
      // An event that we know nothing of would be a promise nobody keeps.
      await event
        .delete()
        .catch((fault: unknown) => logger.warn({ err: fault, eventId: event.id }, 'an event is left over'));
      throw error;
    }
    const timestamp = Math.floor(startsAt.epochMilliseconds / 1000);
    await interaction.editReply(
      texts.webinar.scheduled(plain(title), timestamp, `<#${channel.id}>`, event.url),
    );
  },
};
