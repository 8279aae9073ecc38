/** The sign on the channel itself: a voice channel's status, or a prefix before a stage's topic. */
import { ChannelType, type VoiceBasedChannel } from 'discord.js';
import { textsFor } from '../../../templates/messages/index.ts';
import { cut } from '../plain-text.ts';

/** openapi.json, update_voice_channel_status; docs, Stage Instance, `topic`. */
const STATUS_CHARACTERS = 500;
const TOPIC_CHARACTERS = 120;

/** discord.js 14 has no method for it. */
const setStatus = (channel: VoiceBasedChannel, status: string | null) =>
  channel.client.rest.put(`/channels/${channel.id}/voice-status`, { body: { status } });

/** Without an open stage there is no topic, and nothing is done. */
export async function putUp(channel: VoiceBasedChannel, title: string): Promise<void> {
  const { signs: say } = textsFor(channel.guild.preferredLocale);
  if (channel.type === ChannelType.GuildVoice) {
    await setStatus(channel, cut(say.status(title), STATUS_CHARACTERS));
    return;
  }
  const topic = channel.stageInstance?.topic;
  if (topic !== undefined && !topic.startsWith(say.topicPrefix))
    await channel.stageInstance?.setTopic(cut(`${say.topicPrefix}${topic}`, TOPIC_CHARACTERS));
}

export async function takeDown(channel: VoiceBasedChannel): Promise<void> {
  const { signs: say } = textsFor(channel.guild.preferredLocale);
  if (channel.type === ChannelType.GuildVoice) {
    await setStatus(channel, null);
    return;
  }
  const topic = channel.stageInstance?.topic;
  const rest = topic?.startsWith(say.topicPrefix) === true ? topic.slice(say.topicPrefix.length) : '';
  if (rest !== '') await channel.stageInstance?.setTopic(rest);
}
