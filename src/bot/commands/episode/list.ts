/** `/episode list`: the latest episodes, and where each of them stands. */
import { EmbedBuilder } from 'discord.js';
import { isOut } from '../../../catalog/index.ts';
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
    const lines = episodes.map((episode) => {
      const { title, show_id, slug, state, failure, duration_us, publish_at } = episode;
      const show = shows.find(({ id }) => id === show_id);
      const isOpen = isOut(episode) && episode.visibility !== 'members';
      const page = show && isOpen ? links.episodePage(show.slug, slug) : undefined;
      const seconds = duration_us === null ? undefined : duration_us / 1e6;
      const now =
        publish_at === null
          ? say.states[state]
          : texts.schedule.line(Math.floor(publish_at.getTime() / 1000));
      const line = say.listLine(plain(title), seconds, now, page);
      return failure === null ? line : `${line}\n${say.faultLine(plain(failure, 300))}`;
    });
    const embed = new EmbedBuilder()
      .setColor(BLUE)
      .setTitle(say.listTitle)
      .setDescription(lines.join('\n').slice(0, 4_096));
    await interaction.editReply({ embeds: [embed] });
  },
};
