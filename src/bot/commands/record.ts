/** `/record`: ad-hoc recordings in any voice or stage channel. */
import { ChannelType, EmbedBuilder } from 'discord.js';
import type { SessionStatus } from '../../../recorder/protocol.ts';
import type { Texts } from '../../../templates/messages/index.ts';
import { followEpisode } from '../panels/follow.ts';
import { liveIn, startRecording } from '../recordings.ts';
import { UserError } from '../user-error.ts';
import type { CommandCall, CommandHandler } from './command.ts';

const RED = 0xd8_3a_2e;
export const SPEAKABLE = [ChannelType.GuildVoice, ChannelType.GuildStageVoice] as const;

export const recordStart: CommandHandler = async (interaction, call) => {
  const { member, texts } = call;
  const named = interaction.options.getChannel('channel', false, SPEAKABLE);
  const channel = named ?? member.voice.channel;
  if (channel === null) throw new UserError((say) => say.errors.chooseChannel);
  const title = interaction.options.getString('title')?.trim() || channel.name;
  await startRecording(call, { channel, startedBy: member, title });
  await interaction.editReply(texts.record.started(channel.toString(), title));
};

/** Stops the live session and follows its mastering in the reply. */
export async function stopAndFollow(
  interaction: Parameters<CommandHandler>[0],
  call: CommandCall,
  farewell?: string,
): Promise<void> {
  const { recorder, sealing, texts } = call;
  const live = liveIn(call, call.guild.id);
  await interaction.editReply(texts.record.stopping);
  const sealed = await recorder.stop(live.sessionId);
  const episode = await sealing.settle(sealed, farewell);
  if (episode === undefined) {
    await interaction.editReply(texts.record.recordedAlone(sealed.title, sealed.durationUs / 1e6));
    return;
  }
  await followEpisode(call, {
    interaction,
    episodeId: episode.id,
    until: ['ready', 'failed', 'published'],
    texts,
  });
}

export const recordStop: CommandHandler = (interaction, call) => stopAndFollow(interaction, call);

export const recordMarker: CommandHandler = async (interaction, call) => {
  const name = interaction.options.getString('name', true).trim();
  const atUs = await call.recorder.marker(liveIn(call, call.guild.id).sessionId, name, call.member.id);
  await interaction.editReply(call.texts.record.marked(name, atUs / 1e6));
};

/** The live session as an embed: where, how long, and each speaker's health. */
export function statusEmbed(live: SessionStatus, { record: say }: Texts): EmbedBuilder {
  const elapsedUs = live.elapsedUs;
  const speakers = live.speakers.map(({ displayName, packets, lost, lastHeardUs }) => {
    const lostPercent = ((100 * lost) / Math.max(1, packets + lost)).toFixed(1);
    return say.speaker(displayName, packets, lostPercent, (elapsedUs - lastHeardUs) / 1e6);
  });
  const place = say.statusPlace(`<#${live.channelId}>`, elapsedUs / 1e6, say.states[live.state]);
  // An embed's description holds 4,096 characters (docs, Message, "Embed Limits"); 40 speakers fit.
  return new EmbedBuilder()
    .setColor(RED)
    .setTitle(say.statusTitle(live.title).slice(0, 256))
    .setDescription(
      [place, '', ...(speakers.length > 0 ? speakers : [say.nobodyYet])].join('\n').slice(0, 4096),
    );
}

export const recordStatus: CommandHandler = async (interaction, call) => {
  await interaction.editReply({ embeds: [statusEmbed(liveIn(call, call.guild.id), call.texts)] });
};
