/** `/episode publish` and the Publish button: into the feed and onto a page. */
import type { RepliableInteraction } from 'discord.js';
import type { Episode } from '../../catalog/index.ts';
import { followEpisode } from '../panels/follow.ts';
import { UserError } from '../user-error.ts';
import type { AutocompleteHandler, ButtonHandler, CommandCall, CommandHandler } from './command.ts';

/** Asks for publication and its job in one transaction, then follows it in the reply. Throws StateError. */
async function publish(
  interaction: RepliableInteraction,
  call: CommandCall,
  episodeId: string,
): Promise<void> {
  const { catalog, guild, texts } = call;
  await catalog.transaction(async (trx) => {
    await trx.episodes.publish(guild.id, episodeId);
    await trx.queue.enqueue('publish', { episodeId });
  });
  await followEpisode(call, { interaction, episodeId, until: ['published', 'failed'], texts });
}

export const episodePublish: CommandHandler = async (interaction, call) => {
  const picked = interaction.options.getString('episode');
  const [newest] = picked === null ? await readyEpisodes(call) : [];
  const episodeId = picked ?? newest?.id;
  if (episodeId === undefined) throw new UserError((say) => say.errors.noEpisode);
  await publish(interaction, call, episodeId);
};

export const publishButton: ButtonHandler = (interaction, episodeId, call) =>
  publish(interaction, call, episodeId);

const readyEpisodes = ({ catalog, guild }: Pick<CommandCall, 'catalog' | 'guild'>): Promise<Episode[]> =>
  catalog.episodes.listFor(guild.id, { states: ['ready'] });

export const episodeChoices: AutocompleteHandler = async (interaction, call) => {
  const typed = interaction.options.getFocused().toLowerCase();
  const episodes = await readyEpisodes(call);
  return episodes
    .filter(({ title }) => title.toLowerCase().includes(typed))
    .map(({ id, title }) => ({ name: title, value: id }));
};
