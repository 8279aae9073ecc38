/**
 * The notice in the channel's own chat: who started the recording, what is kept, and how to stay out of it. It stands there
 * before the recorder is asked to start, and never says less or more than what is true.
 */
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  RESTJSONErrorCodes,
  type Message,
  type MessageEditOptions,
  type VoiceBasedChannel,
} from 'discord.js';
import type { Notice } from '../../../recorder/protocol.ts';
import { textsFor, type Texts } from '../../../templates/messages/index.ts';
import { findMessage } from '../panels/find-message.ts';
import { plain } from '../plain-text.ts';
import { isDiscordCode } from '../user-error.ts';

/** For everybody: what this recording keeps. */
export const ABOUT_BUTTON = 'session:about:';

/** Closed, it has another id: whoever looks for notices that still stand does not find it. */
const OVER = ':over';

const aboutRow = (customId: string, { aboutButton }: Texts['notice']): ActionRowBuilder<ButtonBuilder> =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setStyle(ButtonStyle.Secondary).setLabel(aboutButton).setCustomId(customId),
  );

export interface NoticeSubject {
  sessionId: string;
  title: string;
  startedByUserId: string;
}

/**
 * Tells the people in the channel; of a recording that goes on after a crash, its host too, by name. Throws when Discord
 * does not take the message: then nothing may be recorded.
 */
export async function tellPeople(
  channel: VoiceBasedChannel,
  subject: NoticeSubject,
  { goesOn = false } = {},
): Promise<Notice> {
  const { notice: say } = textsFor(channel.guild.preferredLocale);
  const by = `<@${subject.startedByUserId}>`;
  const message = await channel.send({
    content: [say.recording(by, plain(subject.title)), ...(goesOn ? [say.goesOn(by)] : [])].join('\n'),
    ...(goesOn ? { allowedMentions: { users: [subject.startedByUserId] } } : {}),
    components: [aboutRow(`${ABOUT_BUTTON}${subject.sessionId}`, say)],
  });
  return noticeOf(message);
}

export const noticeOf = ({ channelId, id, createdTimestamp }: Message): Notice => ({
  ...{ channelId, messageId: id, atMs: createdTimestamp },
});

const isGone = (error: unknown) =>
  isDiscordCode(error, RESTJSONErrorCodes.UnknownMessage, RESTJSONErrorCodes.UnknownChannel);

/** A notice that somebody deleted needs no correction. */
export async function editNotice(
  channel: VoiceBasedChannel,
  messageId: string,
  next: MessageEditOptions,
): Promise<void> {
  await channel.messages.edit(messageId, next).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

/** Nothing was recorded after all. */
export async function takeNoticeBack(channel: VoiceBasedChannel, notice: Notice): Promise<void> {
  const { notice: say } = textsFor(channel.guild.preferredLocale);
  await editNotice(channel, notice.messageId, { content: say.notStarted, components: [] });
}

export interface NoticeEnd extends NoticeSubject {
  startedAtMs: number;
  endedAtMs: number;
}

/**
 * It is over here: who scrolls up is not told that it still runs. A notice of a process before this one that still stands
 * is found by its button, where the bot may read the history.
 */
export async function closeNotice(
  channel: VoiceBasedChannel,
  end: NoticeEnd,
  notice: Notice | undefined,
): Promise<void> {
  const { notice: say } = textsFor(channel.guild.preferredLocale);
  const since = end.startedAtMs - 60_000;
  const found = notice ? undefined : await findMessage(channel, `${ABOUT_BUTTON}${end.sessionId}`, since);
  const closed = notice ?? (found && noticeOf(found));
  if (closed === undefined) return;
  // In a channel that it was moved to, it began with the notice there.
  const fromMs = Math.max(end.startedAtMs, closed.atMs);
  const [from, to] = [Math.floor(fromMs / 1000), Math.floor(end.endedAtMs / 1000)];
  const content = say.over(`<@${end.startedByUserId}>`, plain(end.title), from, to);
  const about = aboutRow(`${ABOUT_BUTTON}${end.sessionId}${OVER}`, say);
  await editNotice(channel, closed.messageId, { content, components: [about] });
}

/** A message besides the channel's notice, that told somebody that it runs. */
export async function closePassing(channel: VoiceBasedChannel, messageId: string): Promise<void> {
  const { notice: say } = textsFor(channel.guild.preferredLocale);
  await editNotice(channel, messageId, { content: say.passed });
}
