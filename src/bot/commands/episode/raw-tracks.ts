/** The Raw tracks button: a bearer link, so it is shown to hosts only, and only to the one who pressed. */
import { assertHostOr } from '../../access.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { tracksButtons } from '../../panels/episode-panel.ts';
import type { Button } from '../command.ts';

export const rawTracksButton: Button = {
  access: 'handler',
  async run(interaction, sessionId, call) {
    const { catalog, guild, links, texts } = call;
    const session = await catalog.sessions.ofGuild(guild.id, sessionId);
    if (session === undefined) throw new UserError((say) => say.errors.gone);
    assertHostOr(session.started_by, call);
    await interaction.editReply({
      content: texts.episode.rawTracksLink(plain(session.title), links.rawTracks(sessionId)),
      components: tracksButtons(sessionId, texts),
    });
  },
};
