/** `/episode withdraw`: out of the feed and off its page, after its host was asked once more and told what stays out of reach. */
import { ActionRowBuilder, ButtonBuilder, ButtonStyle } from 'discord.js';
import { NotInCatalogError, StateError } from '../../../catalog/index.ts';
import { plain } from '../../plain-text.ts';
import type { Button, Command } from '../command.ts';

export const WITHDRAW_BUTTON = 'episode:withdraw:';

export const episodeWithdraw: Command = {
  access: 'host',
  async run(interaction, { catalog, guild, texts: { withdraw: say } }) {
    const episode = await catalog.episodes.ofGuild(guild.id, interaction.options.getString('episode', true));
    if (episode === undefined) throw new NotInCatalogError('episode');
    const { state, title, failure } = episode;
    if (state !== 'published') throw new StateError({ noun: 'episode', state, title, failure });
    const yes = new ButtonBuilder()
      .setStyle(ButtonStyle.Danger)
      .setLabel(say.button)
      .setCustomId(`${WITHDRAW_BUTTON}${episode.id}`);
    await interaction.editReply({
      content: say.question(plain(title)),
      components: [new ActionRowBuilder<ButtonBuilder>().addComponents(yes)],
    });
  },
};

export const withdrawButton: Button = {
  access: 'host',
  async run(interaction, episodeId, { catalog, guild, texts: { withdraw: say } }) {
    const { title } = await catalog.episodes.withdraw(guild.id, episodeId);
    await interaction.editReply(say.done(plain(title)));
  },
};
