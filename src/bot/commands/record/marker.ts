/** `/record marker`: a named moment, which becomes a chapter. */
import { assertHostOr } from '../../access.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import type { Command } from '../command.ts';

export const recordMarker: Command = {
  access: 'handler',
  async run(interaction, call) {
    const { guild, member, recorder, recordings, texts } = call;
    const { status, session } = await recordings.liveIn(guild.id);
    assertHostOr(session?.started_by, call);
    const name = interaction.options.getString('name', true).trim();
    if (name === '') throw new UserError((say) => say.errors.markerEmpty);
    const atUs = await recorder.marker(status.sessionId, name, member.id);
    await interaction.editReply(texts.record.marked(plain(name), atUs / 1e6));
  },
};
