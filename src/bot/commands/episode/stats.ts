/** `/episode stats`: how often a show or an episode was downloaded, by day and app, and what was not counted. */
import { NotInCatalogError } from '../../../catalog/index.ts';
import { UserError } from '../../user-error.ts';
import type { Call, Command, Completion } from '../command.ts';
import { showChoices } from '../show/which.ts';
import { statsEmbed } from './stats-view.ts';

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_DAYS = 30;
const MOST_EPISODES = 1_000;

const dayBefore = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

export const episodeStats: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, guild, links, texts } = call;
    const { options } = interaction;
    const of = await subjectOf(call, options.getString('episode'), options.getString('show'));
    const [from, to] = [dayBefore((options.getInteger('days') ?? DEFAULT_DAYS) - 1), dayBefore(0)];
    const { show, episode } = of;
    const figures = await catalog.audience.ofShow(show.id, { from, to, episodeId: episode?.id });
    const others =
      episode === undefined
        ? await catalog.episodes.listFor(guild.id, { showId: show.id, limit: MOST_EPISODES })
        : [];
    const embed = statsEmbed(
      {
        ...{ title: (episode ?? show).title, figures, from, to },
        episodeTitles: new Map(others.map(({ id, title }) => [id, title])),
        jsonUrl: links.audience(show),
      },
      texts,
    );
    await interaction.editReply({ embeds: [embed] });
  },
};

/** The episode that is named, or the show: the named one, or the server's own. */
async function subjectOf({ catalog, guild }: Call, episodeId: string | null, showId: string | null) {
  const episode = episodeId === null ? undefined : await catalog.episodes.ofGuild(guild.id, episodeId);
  if (episodeId !== null && episode === undefined) throw new NotInCatalogError('episode');
  const id = episode?.show_id ?? showId;
  const show =
    id === null
      ? await catalog.shows.createDefaultFor({ id: guild.id, name: guild.name })
      : await catalog.shows.ofGuild(guild.id, id);
  if (show === undefined) throw new UserError((say) => say.errors.gone);
  return { show, episode };
}

/** Both options are offered: episodes that were published, and shows. */
export const statsChoices: Completion = {
  async choices(interaction, call) {
    const { name, value } = interaction.options.getFocused(true);
    if (name === 'show') return showChoices.choices(interaction, call);
    const episodes = await call.catalog.episodes.listFor(call.guild.id, { limit: MOST_EPISODES });
    return episodes
      .filter(({ published_at }) => published_at !== null)
      .filter(({ title }) => title.toLowerCase().includes(value.toLowerCase()))
      .slice(0, 25)
      .map(({ id, title }) => ({ name: title.slice(0, 100), value: id }));
  },
};
