/** `/record start`: an ad-hoc recording in any voice or stage channel. */
import { oneLine, plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { SPEAKABLE, type Command } from '../command.ts';

export const recordStart: Command = {
  access: 'host',
  async run(interaction, { member, recordings, texts }) {
    const named = interaction.options.getChannel('channel', false, SPEAKABLE);
    const channel = named ?? member.voice.channel;
    if (channel === null) throw new UserError((say) => say.errors.chooseChannel);
    const typed = oneLine(interaction.options.getString('title') ?? '');
    const title = typed === '' ? channel.name : typed;
    await recordings.start({ channel, startedBy: member, title });
    await interaction.editReply(texts.record.started(`<#${channel.id}>`, plain(title)));
  },
};
