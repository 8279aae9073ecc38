/** The `publish` job: the show's feed and pages are written with the episode in them, then the catalog says so. */
import { EnclosureError } from '../../publisher/site/enclosures.ts';
import { publishShow, UnknownShowError } from '../../publisher/site/publish-show.ts';
import { GiveUpError, type JobHandler } from '../catalog/index.ts';
import { failEpisode } from './fail-episode.ts';
import type { WorkersOptions } from './index.ts';

/** Idempotent: an episode that does not wait for publication is left alone, and publishing a show twice changes nothing. */
export function publishJob({
  catalog,
  media,
  baseUrl,
  logger,
}: Pick<WorkersOptions, 'catalog' | 'media' | 'baseUrl' | 'logger'>): JobHandler<'publish'> {
  return {
    async run({ payload: { episodeId } }) {
      const episode = await catalog.episodes.byId(episodeId);
      if (episode?.state !== 'publishing') return;
      try {
        const { feedUrl } = await publishShow({ catalog, media, baseUrl }, episode.show_id);
        logger.info({ episodeId, feedUrl }, 'Published');
      } catch (error) {
        const futile = error instanceof EnclosureError || error instanceof UnknownShowError;
        throw futile ? new GiveUpError(error.message, { cause: error }) : error;
      }
      await catalog.episodes.markPublished(episodeId);
    },
    giveUp: ({ episodeId }, reason) =>
      failEpisode(catalog, episodeId, `Publishing failed: ${reason} The feed stands as it was.`),
  };
}
