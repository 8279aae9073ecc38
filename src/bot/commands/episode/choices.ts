/** Episodes that can be published, offered while a host types. */
import { type Episode, type EpisodeState, isRecorded } from '../../../catalog/index.ts';
import type { Completion, CompletionCall } from '../command.ts';

/** Mastered and not yet in the feed, the newest first; one whose publication failed is among them. */
export async function publishable({
  catalog,
  guild,
}: Pick<CompletionCall, 'catalog' | 'guild'>): Promise<Episode[]> {
  const episodes = await catalog.episodes.listFor(guild.id, { states: ['ready', 'failed'], limit: MOST });
  return episodes.filter(({ duration_us }) => duration_us !== null);
}

/** Of which those are offered that hold what is typed; Discord shows 25. */
const MOST = 1_000;

const offer = (list: (call: CompletionCall) => Promise<Episode[]>): Completion => ({
  async choices(interaction, call) {
    const typed = interaction.options.getFocused().toLowerCase();
    const episodes = await list(call);
    return episodes
      .filter(({ title }) => title.toLowerCase().includes(typed))
      .map(({ id, title }) => ({ name: title, value: id }));
  },
});

export const publishableChoices = offer(publishable);

const AT_REST: EpisodeState[] = ['ready', 'published', 'failed'];
export const remasterableChoices = offer(async ({ catalog, guild }) =>
  (await catalog.episodes.listFor(guild.id, { states: AT_REST, limit: MOST })).filter(isRecorded),
);

export const publishedChoices = offer(({ catalog, guild }) =>
  catalog.episodes.listFor(guild.id, { states: ['published'], limit: MOST }),
);

export const episodeChoices = offer(({ catalog, guild }) =>
  catalog.episodes.listFor(guild.id, { limit: MOST }),
);
