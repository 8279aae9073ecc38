/** `/episode remaster`: its audio is made anew from the recording. What is in the feed stays there until then. */
import { UserError } from '../../user-error.ts';
import type { Command } from '../command.ts';
import { masterAgain } from './retry.ts';

export const episodeRemaster: Command = {
  access: 'host',
  async run(interaction, call) {
    const episodeId = interaction.options.getString('episode');
    if (episodeId === null) throw new UserError((say) => say.errors.noEpisode);
    await masterAgain(interaction, call, episodeId);
  },
};
