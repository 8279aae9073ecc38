/** `/record check`: whom a recording would hear, how loud and with what loss. Nothing of it is kept. */
import { ChannelType, EmbedBuilder, type VoiceBasedChannel } from 'discord.js';
import { soundReport, type Present } from '../../recording/sound-report.ts';
import { UserError } from '../../user-error.ts';
import { SPEAKABLE, type Command } from '../command.ts';

const DEFAULT_SECONDS = 30;

/** Who could be heard: not the bots, and not a stage's audience. */
const whoCouldSpeak = (channel: VoiceBasedChannel, refusedUserIds: readonly string[]): Present[] =>
  channel.members
    .filter(({ user, voice }) => {
      const isAudience = channel.type === ChannelType.GuildStageVoice && voice.suppress === true;
      return !user.bot && !isAudience;
    })
    .map(({ id, displayName, voice }) => ({
      ...{ userId: id, displayName, muted: voice.mute === true },
      refused: refusedUserIds.includes(id),
    }));

export const recordCheck: Command = {
  access: 'host',
  async run(interaction, { member, recordings, texts }) {
    const { check: say } = texts;
    const channel = interaction.options.getChannel('channel', false, SPEAKABLE) ?? member.voice.channel;
    if (channel === null) throw new UserError((all) => all.errors.chooseChannel);
    const seconds = interaction.options.getInteger('seconds') ?? DEFAULT_SECONDS;
    const where = `<#${channel.id}>`;
    const { voices, refusedUserIds } = await recordings.check({
      channel,
      by: member,
      seconds,
      onListening: () => interaction.editReply(say.listening(where, seconds)),
    });
    const report = new EmbedBuilder()
      .setTitle(say.title)
      .setDescription(
        [
          ...[say.over(where, seconds), ''],
          ...soundReport(voices, whoCouldSpeak(channel, refusedUserIds), texts),
        ].join('\n'),
      );
    await interaction.editReply({ content: '', embeds: [report] });
  },
};
