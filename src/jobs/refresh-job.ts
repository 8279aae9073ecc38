/** The `refresh` job: what a show says of itself or of an episode has changed, so its feed and pages are written anew. */
import { FeedRefusedError } from '../../publisher/site/gate.ts';
import { GiveUpError, type JobHandler } from '../catalog/index.ts';
import { publishAndTell, type PublishingOptions } from './publish-and-tell.ts';

/** Idempotent; a show that was never published has a feed for members at most. */
export const refreshJob = (options: PublishingOptions): JobHandler<'refresh'> => ({
  async run({ payload: { showId }, signal }) {
    const show = await options.catalog.shows.byId(showId);
    // Nobody can have a feed of it.
    if (show === undefined || (show.published_at === null && show.members_role_id === null)) return;
    // Whoever was here first has written what this was asked for.
    if (show.feed_published_revision >= show.feed_revision) return;
    try {
      await publishAndTell(options, showId, signal);
    } catch (error) {
      throw error instanceof FeedRefusedError ? new GiveUpError(error.message, { cause: error }) : error;
    }
  },
  giveUp({ showId }, reason) {
    options.logger.error({ showId, reason }, 'A feed could not be written anew; it stands as it was');
    return Promise.resolve();
  },
});
