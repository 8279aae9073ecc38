/** `/episode remaster`: its audio is made anew from the recording, edited as asked. What is in the feed stays there until then. */
import { NotInCatalogError } from '../../../catalog/index.ts';
import type { Command } from '../command.ts';
import { changedEdit } from './edit-options.ts';
import { masterAgain } from './retry.ts';

export const episodeRemaster: Command = {
  access: 'host',
  async run(interaction, call) {
    const { options } = interaction;
    const episode = await call.catalog.episodes.ofGuild(call.guild.id, options.getString('episode') ?? '');
    if (episode === undefined) throw new NotInCatalogError('episode');
    const edit = changedEdit(episode, {
      reset: options.getBoolean('reset') ?? false,
      edit: options.getString('edit'),
      start: options.getString('start'),
      end: options.getString('end'),
      cut: options.getString('cut'),
      pauses: options.getNumber('shorten-pauses'),
    });
    await masterAgain(interaction, call, episode.id, edit);
  },
};
