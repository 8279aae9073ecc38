/** A sound check: people are told, listened to for a moment, and what was heard is measured and thrown away. */
import { randomUUID } from 'node:crypto';
import type { Client, Guild, GuildMember, VoiceBasedChannel } from 'discord.js';
import type { HeardSpeaker } from '../../../recorder/protocol.ts';
import { textsFor } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { editNotice } from './notice.ts';
import { personOf } from './people.ts';
import { requestFor } from './request.ts';
import type { Loudness, Voice } from './sound-report.ts';

/** Of one Ogg Opus file. Throws when it cannot be measured. */
export type MeasureLoudness = (opusPath: string) => Promise<Loudness>;

export interface SoundCheckOrder {
  channel: VoiceBasedChannel;
  by: GuildMember;
  seconds: number;
  /** People were told. */
  onListening: () => Promise<unknown>;
}

export interface SoundCheckResult {
  voices: Voice[];
  /** Nothing is known of their voices. */
  refusedUserIds: string[];
}

export type SoundCheck = (order: SoundCheckOrder) => Promise<SoundCheckResult>;

export function createSoundCheck(context: BotContext, measure: MeasureLoudness): SoundCheck {
  const { catalog, client, recorder, bridge, background, logger } = context;

  /** Who came while it listened is known by name only here. */
  async function voiceOf(guild: Guild, { opusPath, ...heard }: HeardSpeaker): Promise<Voice> {
    const member = guild.members.cache.get(heard.userId);
    const loudness = await measure(opusPath).catch((error: unknown) => {
      logger.warn({ err: error, userId: heard.userId }, 'a voice of a sound check was not measured');
      return undefined;
    });
    return { ...heard, ...(member && personOf(member)), loudness };
  }

  async function listen(
    order: SoundCheckOrder,
    sessionId: string,
    messageId: string,
  ): Promise<SoundCheckResult> {
    const { channel, by, seconds } = order;
    const startedBy = personOf(by);
    const notice = { channelId: channel.id, messageId, atMs: Date.now() };
    const request = requestFor(client, channel, {
      ...{ sessionId, title: '', startedBy, notice },
      refusedUserIds: await catalog.members.refusing(channel.guild.id),
    });
    bridge.open(channel.guild);
    const { speakers } = await recorder.check(request, seconds * 1000);
    // Also of those who refused only meanwhile nothing is looked at.
    const refusedUserIds = await catalog.members.refusing(channel.guild.id);
    const voices: Voice[] = [];
    // One after the other: a recording in another server goes first.
    for (const speaker of speakers)
      if (!refusedUserIds.includes(speaker.userId)) voices.push(await voiceOf(channel.guild, speaker));
    return { voices, refusedUserIds };
  }

  return async (order) => {
    const { channel, by, seconds, onListening } = order;
    const { notice: say } = textsFor(channel.guild.preferredLocale);
    const sessionId = randomUUID();
    const until = Math.ceil(Date.now() / 1000 + seconds);
    const { id } = await channel.send({ content: say.checking(`<@${by.id}>`, until) });
    try {
      await onListening();
      return await listen(order, sessionId, id);
    } finally {
      recorder.checkDone(sessionId);
      background.run('a notice still says that a sound check listens', () =>
        editNotice(channel, id, { content: say.checked }),
      );
    }
  };
}

/** Of a check that ended with the application before this one. */
export async function closeCheckNotice(
  client: Client<true>,
  { channelId, messageId }: { channelId: string; messageId: string },
): Promise<void> {
  const channel = client.channels.cache.get(channelId);
  if (!channel?.isVoiceBased()) return;
  const { notice: say } = textsFor(channel.guild.preferredLocale);
  await editNotice(channel, messageId, { content: say.checked });
}
