/** `/webinar`: planned in the server's events, opened and closed with its stage. */
import {
  ChannelType,
  DiscordAPIError,
  GuildScheduledEventEntityType,
  GuildScheduledEventPrivacyLevel,
  GuildScheduledEventStatus,
  RESTJSONErrorCodes,
  type Guild,
  type StageChannel,
  type VoiceBasedChannel,
} from 'discord.js';
import type { Webinar } from '../../catalog/index.ts';
import { assertInGuild, assertMayJoin, STAGE_MODERATOR, TO_RECORD } from '../permissions.ts';
import { liveIn, startRecording } from '../recordings.ts';
import { UserError } from '../user-error.ts';
import { parseWhen } from '../when.ts';
import type { AutocompleteHandler, CommandCall, CommandHandler } from './command.ts';
import { SPEAKABLE, stopAndFollow } from './record.ts';

const isStage = (channel: VoiceBasedChannel): channel is StageChannel =>
  channel.type === ChannelType.GuildStageVoice;
const neededIn = (channel: VoiceBasedChannel) => [...TO_RECORD, ...(isStage(channel) ? STAGE_MODERATOR : [])];

export const webinarSchedule: CommandHandler = async (interaction, { catalog, guild, member, texts }) => {
  const { options } = interaction;
  const channel = options.getChannel('channel', true, SPEAKABLE);
  const title = options.getString('title', true).trim();
  const description = options.getString('description')?.trim() ?? '';
  const durationMinutes = options.getInteger('minutes') ?? 60;
  const { time_zone: timeZone } = await catalog.guilds.upsert({ id: guild.id, name: guild.name });
  const typed = options.getString('when', true);
  const startsAt = parseWhen(typed, timeZone, Temporal.Now.instant());
  if (startsAt === undefined) throw new UserError((say) => say.errors.whenUnclear(typed, timeZone));
  const timestamp = Math.floor(startsAt.epochMilliseconds / 1000);
  if (startsAt.epochMilliseconds <= Date.now()) throw new UserError((say) => say.errors.whenPast(timestamp));
  assertInGuild(guild, ['CreateEvents']);
  assertMayJoin(channel, neededIn(channel));

  const show = await catalog.shows.createDefaultFor({ id: guild.id, name: guild.name });
  const event = await guild.scheduledEvents.create({
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
  await interaction.editReply(texts.webinar.scheduled(title, timestamp, channel.toString(), event.url));
};

/** The one that was picked, or the earliest that is planned. Throws UserError. */
async function chosen({ catalog, guild }: CommandCall, picked: string | null): Promise<Webinar> {
  const webinar =
    picked === null
      ? (await catalog.webinars.listFor(guild.id, { states: ['scheduled'] }))[0]
      : await catalog.webinars.ofGuild(guild.id, picked);
  if (webinar === undefined) throw new UserError((say) => say.errors.noWebinar);
  return webinar;
}

/** Opens the stage for the event; a stage that somebody opened already is as good (150006). */
async function openStage(guild: Guild, channel: StageChannel, webinar: Webinar): Promise<void> {
  const link = webinar.scheduled_event_id === null ? {} : { guildScheduledEvent: webinar.scheduled_event_id };
  try {
    await guild.stageInstances.create(channel, { topic: webinar.title.slice(0, 120), ...link });
  } catch (error) {
    if (!(error instanceof DiscordAPIError) || error.code !== RESTJSONErrorCodes.TheStageIsAlreadyOpen)
      throw error;
  }
}

/** The webinar's event in Discord, if it has one and it still exists there. */
const eventOf = (guild: Guild, webinar: Webinar) =>
  webinar.scheduled_event_id === null
    ? Promise.resolve(null)
    : guild.scheduledEvents
        .fetch({ guildScheduledEvent: webinar.scheduled_event_id, withUserCount: true })
        .catch(() => null);

export const webinarStart: CommandHandler = async (interaction, call) => {
  const { catalog, guild, member, texts } = call;
  const webinar = await chosen(call, interaction.options.getString('webinar'));
  const channel = guild.channels.cache.get(webinar.channel_id);
  if (!channel?.isVoiceBased()) throw new UserError((say) => say.errors.gone);
  assertMayJoin(channel, neededIn(channel));
  if (isStage(channel)) await openStage(guild, channel, webinar);
  try {
    await startRecording(call, {
      channel,
      startedBy: member,
      title: webinar.title,
      showId: webinar.show_id,
      webinarId: webinar.id,
    });
  } catch (error) {
    // Nobody should wait in front of a stage where nothing is recorded.
    if (isStage(channel)) await channel.stageInstance?.delete().catch(() => undefined);
    throw error;
  }
  await catalog.webinars.start(guild.id, webinar.id);
  const event = await eventOf(guild, webinar);
  if (event?.isScheduled()) await event.setStatus(GuildScheduledEventStatus.Active);
  await interaction.editReply(
    texts.webinar.started(webinar.title, channel.toString(), event?.userCount ?? 0),
  );
};

/** The live webinar that the running recording belongs to, or any live one. Throws UserError. */
async function liveWebinar(call: CommandCall): Promise<Webinar> {
  const { catalog, guild, recorder } = call;
  const live = await catalog.webinars.listFor(guild.id, { states: ['live'] });
  const session = recorder.liveIn(guild.id);
  const webinar = live.find(({ channel_id }) => channel_id === session?.channelId) ?? live[0];
  if (webinar === undefined) throw new UserError((say) => say.errors.noLiveWebinar);
  return webinar;
}

export const webinarEnd: CommandHandler = async (interaction, call) => {
  const { catalog, guild, logger, recorder, texts } = call;
  const webinar = await liveWebinar(call);
  const channel = guild.channels.cache.get(webinar.channel_id);
  await catalog.webinars.end(guild.id, webinar.id);
  /** The recording first; then doors and event, which must not keep it from being sealed. */
  const closeDoors = async () => {
    const event = await eventOf(guild, webinar);
    if (event?.isActive()) await event.setStatus(GuildScheduledEventStatus.Completed);
    if (channel?.isVoiceBased() && isStage(channel)) await channel.stageInstance?.delete();
  };
  const close = () =>
    closeDoors().catch((error: unknown) =>
      logger.warn({ err: error, webinarId: webinar.id }, 'the stage did not close'),
    );
  if (recorder.liveIn(guild.id) === undefined) {
    await close();
    liveIn(call, guild.id);
  }
  const following = stopAndFollow(interaction, call, texts.notice.thanks(webinar.title));
  await close();
  await following;
};

export const webinarChoices: AutocompleteHandler = async (interaction, { catalog, guild, texts }) => {
  const typed = interaction.options.getFocused().toLowerCase();
  const webinars = await catalog.webinars.listFor(guild.id, { states: ['scheduled'] });
  return webinars
    .filter(({ title }) => title.toLowerCase().includes(typed))
    .map(({ id, title, starts_at }) => ({
      name: texts.webinar.choice(title, starts_at.toISOString().slice(0, 16).replace('T', ' ')),
      value: id,
    }));
};
