/**
 * The life of a recording as the application sees it: rights are checked, people are told, the recorder starts; what it
 * seals becomes a session and an episode in one transaction, whoever ended it.
 */
import { randomUUID } from 'node:crypto';
import type { Guild, GuildMember, VoiceBasedChannel } from 'discord.js';
import { textsFor } from '../../templates/messages/index.ts';
import type { Notice, Person, SealedSession, SessionStatus } from '../../recorder/protocol.ts';
import type { Episode } from '../catalog/index.ts';
import type { BotContext } from './context.ts';
import { assertMayJoin, TO_RECORD } from './permissions.ts';
import { RecorderRefusal } from './recorder-link.ts';
import { UserError } from './user-error.ts';

export const personOf = (member: GuildMember): Person => ({
  userId: member.id,
  displayName: member.displayName,
  bot: member.user.bot,
});

/** The guild's live recording. Throws UserError when there is none. */
export function liveIn({ recorder }: BotContext, guildId: string): SessionStatus {
  const live = recorder.liveIn(guildId);
  if (live === undefined) throw new UserError((texts) => texts.errors.notRecording);
  return live;
}

/** Throws UserError saying where the running one is and who started it. */
async function assertNothingRuns({ recorder, catalog }: BotContext, guildId: string): Promise<void> {
  const live = recorder.liveIn(guildId);
  if (live === undefined) return;
  const session = await catalog.sessions.byId(live.sessionId);
  const by = session === undefined ? '?' : `<@${session.started_by}>`;
  throw new UserError((texts) =>
    texts.errors.alreadyRecording(`<#${live.channelId}>`, by, Math.floor(live.startedAtMs / 1000)),
  );
}

export interface RecordingRequest {
  channel: VoiceBasedChannel;
  startedBy: GuildMember;
  title: string;
  showId?: string;
  webinarId?: string;
}

/** Tells the people there, in the channel's own chat, before anything is kept. */
async function announce({ channel, startedBy, title }: RecordingRequest): Promise<Notice> {
  const texts = textsFor(channel.guild.preferredLocale);
  const message = await channel.send({
    content: texts.notice.recording(startedBy.toString(), title),
    allowedMentions: { parse: [] },
  });
  return { channelId: channel.id, messageId: message.id, atMs: message.createdTimestamp };
}

/** Edits the notice; a notice that somebody deleted is no reason to fail. */
async function amendNotice(channel: VoiceBasedChannel, notice: Notice, content: string): Promise<void> {
  await channel.messages.edit(notice.messageId, { content }).catch(() => undefined);
}

/** Starts a recording. Throws UserError with the remedy; the notice is taken back when the recorder does not start. */
export async function startRecording(
  context: BotContext,
  request: RecordingRequest,
): Promise<{ sessionId: string }> {
  const { catalog, recorder, bridge, client } = context;
  const { channel, startedBy, title } = request;
  const { guild } = channel;
  assertMayJoin(channel, TO_RECORD);
  await assertNothingRuns(context, guild.id);
  const showId =
    request.showId ?? (await catalog.shows.createDefaultFor({ id: guild.id, name: guild.name })).id;
  const sessionId = randomUUID();
  await catalog.sessions.create({
    id: sessionId,
    guildId: guild.id,
    showId,
    channelId: channel.id,
    title,
    startedBy: startedBy.id,
    startedAt: new Date(),
    ...(request.webinarId === undefined ? {} : { webinarId: request.webinarId }),
  });
  let notice: Notice | undefined;
  try {
    notice = await announce(request);
    bridge.open(guild);
    await recorder.start({
      sessionId,
      guildId: guild.id,
      channelId: channel.id,
      selfUserId: client.user.id,
      title,
      startedBy: personOf(startedBy),
      notice,
      people: channel.members.map(personOf),
    });
    return { sessionId };
  } catch (error) {
    await catalog.sessions.fail(sessionId, new Date());
    if (notice) await amendNotice(channel, notice, textsFor(guild.preferredLocale).notice.notStarted);
    if (error instanceof RecorderRefusal && (error.code === 'join-timeout' || error.code === 'not-in-voice'))
      throw new UserError((texts) => texts.errors.couldNotJoin(`<#${channel.id}>`), { cause: error });
    throw error;
  }
}

/**
 * A sealed session enters the catalog together with its episode and the job that masters it; only then is it
 * acknowledged, so that a crash between repeats it. Undefined when nobody spoke, or when it was taken in before.
 */
export async function takeIn(
  { catalog, recorder }: BotContext,
  sealed: SealedSession,
): Promise<Episode | undefined> {
  const episode = await catalog.transaction(async (trx) => {
    const { durationUs, speakers, startedAtMs } = sealed;
    const endedAt = new Date(startedAtMs + durationUs / 1000);
    const session = await trx.sessions.seal(sealed.sessionId, { endedAt, durationUs, speakers });
    if (session === undefined || speakers === 0) return undefined;
    const created = await trx.episodes.createForSession(session);
    await trx.queue.enqueue('master', { sessionId: session.id, episodeId: created.id });
    return created;
  });
  recorder.acknowledge(sealed.sessionId);
  return episode;
}

/** Says in the channel's chat that the recording is over; nobody is left wondering. */
export async function announceEnd(guild: Guild, sealed: SealedSession, wording?: string): Promise<void> {
  const channel = guild.channels.cache.get(sealed.channelId);
  if (!channel?.isVoiceBased()) return;
  const { notice } = textsFor(guild.preferredLocale);
  await channel
    .send({
      content: wording ?? notice.ended(sealed.title, sealed.durationUs / 1e6),
      allowedMentions: { parse: [] },
    })
    .catch(() => undefined);
}
