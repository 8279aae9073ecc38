/** The `publish` job: an episode goes into its show's feed and onto the pages. */
import { FeedRefusedError } from '../../publisher/site/gate.ts';
import { UnknownShowError } from '../../publisher/site/publish-show.ts';
import { GiveUpError, type JobHandler } from '../catalog/index.ts';
import { failEpisode } from './fail-episode.ts';
import { forHosts } from './for-hosts.ts';
import { sweepRenditions } from './store-renditions.ts';
import { publishAndTell, type PublishingOptions } from './publish-and-tell.ts';

/** Idempotent: an episode that does not wait for publication is left alone, and publishing a show twice changes nothing. */
export function publishJob(options: PublishingOptions): JobHandler<'publish'> {
  const { catalog, logger } = options;
  return {
    async run({ payload: { episodeId }, signal }) {
      const episode = await catalog.episodes.byId(episodeId);
      if (episode?.state !== 'publishing') return;
      try {
        const { feedUrl, leftOut, faulty } = await publishAndTell(options, episode.show_id, signal);
        const why = leftOut.find((error) => error.episodeId === episodeId);
        if (why?.mayPass === true) throw new Error(why.message);
        if (why !== undefined) {
          await failEpisode(catalog, episodeId, why.message);
          return;
        }
        const standing = faulty.find((error) => error.episodeId === episodeId);
        if (standing !== undefined) {
          const remedy =
            'Type /episode remaster to make it anew, or ask the operator what stands before the web server.';
          await failEpisode(
            catalog,
            episodeId,
            `The feed names its new audio, but ${standing.why}. ${remedy}`,
          );
          return;
        }
        logger.info({ episodeId, feedUrl }, 'Published');
      } catch (error) {
        const isFinal = error instanceof UnknownShowError || error instanceof FeedRefusedError;
        throw isFinal ? new GiveUpError(error.message, { cause: error }) : error;
      }
      await catalog.episodes.markPublished(episodeId);
      await sweepRenditions(options, episodeId);
    },
    giveUp: ({ episodeId }, reason) =>
      failEpisode(catalog, episodeId, `Publishing failed: ${forHosts(reason)} The feed stands as it was.`),
  };
}
