/** Which of a server's shows a command is about. */
import { NotInCatalogError, type Show } from '../../../catalog/index.ts';
import type { Call, Completion } from '../command.ts';

/** The named one, or the show that recordings land in by default. */
export async function showOf(
  { catalog, guild }: Pick<Call, 'catalog' | 'guild'>,
  showId: string | null,
): Promise<Show> {
  if (showId === null) return catalog.shows.createDefaultFor({ id: guild.id, name: guild.name });
  const show = await catalog.shows.ofGuild(guild.id, showId);
  if (show === undefined) throw new NotInCatalogError('show');
  return show;
}

export const showChoices: Completion = {
  async choices(interaction, { catalog, guild }) {
    const typed = interaction.options.getFocused().toLowerCase();
    const shows = await catalog.shows.listFor(guild.id);
    return shows
      .filter(({ title }) => title.toLowerCase().includes(typed))
      .slice(0, 25)
      .map(({ id, title }) => ({ name: title.slice(0, 100), value: id }));
  },
};
