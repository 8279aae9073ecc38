/** `/episode list`: the latest episodes, and where each of them stands. */
import { EmbedBuilder } from 'discord.js';
import { plain } from '../../plain-text.ts';
import type { Command } from '../command.ts';

const BLUE = 0x3a_6e_a5;
const LATEST = 10;

export const episodeList: Command = {
  access: 'host',
  async run(interaction, { catalog, guild, links, texts }) {
    const { episode: say } = texts;
    const [episodes, shows] = await Promise.all([
      catalog.episodes.listFor(guild.id, { limit: LATEST }),
      catalog.shows.listFor(guild.id),
    ]);
    if (episodes.length === 0) {
      await interaction.editReply(say.listEmpty);
      return;
    }
    const lines = episodes.map(({ title, show_id, slug, state, failure, duration_us, published_at }) => {
      const show = shows.find(({ id }) => id === show_id);
      const page = show && published_at !== null ? links.episodePage(show.slug, slug) : undefined;
      const seconds = duration_us === null ? undefined : duration_us / 1e6;
      const line = say.listLine(plain(title), seconds, say.states[state], page);
      return failure === null ? line : `${line}\n${say.faultLine(plain(failure, 300))}`;
    });
    const embed = new EmbedBuilder()
      .setColor(BLUE)
      .setTitle(say.listTitle)
      .setDescription(lines.join('\n').slice(0, 4_096));
    await interaction.editReply({ embeds: [embed] });
  },
};
