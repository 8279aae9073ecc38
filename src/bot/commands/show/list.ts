/** `/show list`: the shows of this server. */
import type { Command } from '../command.ts';
import { plain } from '../../plain-text.ts';

/** As many as fit into a message with the longest titles. */
const MOST = 12;

export const showList: Command = {
  access: 'host',
  async run(interaction, { catalog, guild, links, texts: { shows: say } }) {
    const shows = await catalog.shows.listFor(guild.id);
    const defaultId = (await catalog.guilds.byId(guild.id))?.default_show_id;
    const lines = shows
      .slice(0, MOST)
      .map(({ id, title, slug, published_at }) =>
        say.listLine(plain(title), published_at === null ? undefined : links.feed(slug), id === defaultId),
      );
    const more = shows.length > MOST ? [say.more(shows.length - MOST)] : [];
    await interaction.editReply(shows.length === 0 ? say.listEmpty : [...lines, ...more].join('\n'));
  },
};
