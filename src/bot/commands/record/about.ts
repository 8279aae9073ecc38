/** The notice's button "What is kept?": for everybody in the channel. */
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import type { Button } from '../command.ts';

export const aboutButton: Button = {
  access: 'handler',
  async run(interaction, recordId, { catalog, guild, texts }) {
    // What follows says that the notice is closed.
    const [sessionId = ''] = recordId.split(':');
    const session = await catalog.sessions.ofGuild(guild.id, sessionId);
    if (session === undefined) throw new UserError((say) => say.errors.gone);
    await interaction.editReply(texts.notice.about(`<@${session.started_by}>`, plain(session.title)));
  },
};
