/** `/show art`: the picture that apps and directories show of a show. */
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import type { Command } from '../command.ts';
import { showOf } from './which.ts';

export const showArt: Command = {
  access: 'host',
  async run(interaction, call) {
    const { art, guild, texts } = call;
    const { options } = interaction;
    const show = await showOf(call, options.getString('show'));
    const { url } = options.getAttachment('image', true);
    const { sidePx, warnings } = await art
      .set({ guildId: guild.id, showId: show.id, url })
      .catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'ArtRefusedError')) throw error;
        throw new UserError((say) => say.art.refused(plain(error.message, 1_000)), { cause: error });
      });
    const said = warnings.map((warning) => texts.art.warning(plain(warning, 300)));
    await interaction.editReply([texts.art.set(plain(show.title), sidePx), ...said].join('\n'));
  },
};
