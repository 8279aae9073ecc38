/** Keeps a reply in step with an episode until its state is one of those waited for, or the reply can no longer be edited. */
import type { RepliableInteraction } from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';
import type { CatalogEvent, EpisodeState } from '../../catalog/index.ts';
import type { BotContext } from '../context.ts';
import { episodePanel } from './episode-panel.ts';

/** Interaction tokens live 15 minutes (docs, Receiving and Responding); a little less, so that the last edit fits. */
const TOKEN_LIFE_MS = 14.5 * 60_000;
/** Webhook edits share a limit of about 5 in 2 s; one a second leaves room for the person's other commands. */
const EDIT_EVERY_MS = 1_000;

export interface FollowOptions {
  interaction: RepliableInteraction;
  episodeId: string;
  /** States that end the following. */
  until: readonly EpisodeState[];
  texts: Texts;
}

/** Resolves when the episode rests in one of the states, or at the end of the token's life. */
export async function followEpisode(context: BotContext, options: FollowOptions): Promise<void> {
  const { catalog, links, logger } = context;
  const { interaction, episodeId, until, texts } = options;
  let percent = 0;
  let changed: () => void = () => undefined;
  const onEvent = (event: CatalogEvent): void => {
    if (event.episodeId !== episodeId) return;
    percent = event.percent ?? percent;
    changed();
  };
  const unwatch = catalog.watch(onEvent);
  const deadlineMs = Date.now() + TOKEN_LIFE_MS;
  try {
    while (Date.now() < deadlineMs) {
      const news = new Promise<void>((resolve) => {
        changed = resolve;
      });
      const episode = await catalog.episodes.byId(episodeId);
      const show = episode && (await catalog.shows.byId(episode.show_id));
      if (episode === undefined || show === undefined) return;
      await interaction.editReply(episodePanel({ episode, show, percent }, links, texts));
      if (until.includes(episode.state)) return;
      await pause(EDIT_EVERY_MS);
      // News can be missed (another process died); look again now and then.
      await Promise.race([news, pause(5_000)]);
    }
  } catch (error) {
    logger.warn({ err: error, episodeId }, 'a reply could not be kept in step');
  } finally {
    unwatch();
  }
}

const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });
