/** The `refresh` job: what a show says of itself or of an episode has changed, so its feed and pages are written anew. */
import { FeedRefusedError } from '../../publisher/site/gate.ts';
import { publishForMembersOnly } from '../../publisher/site/publish-show.ts';
import { GiveUpError, type JobHandler } from '../catalog/index.ts';
import { publishAndTell, type PublishingOptions } from './publish-and-tell.ts';

/** Idempotent; a show that was never published has a feed for members at most. */
export const refreshJob = (options: PublishingOptions): JobHandler<'refresh'> => ({
  async run({ payload: { showId } }) {
    const show = await options.catalog.shows.byId(showId);
    if (show === undefined) return;
    if (show.published_at === null) return publishForMembersOnly(options, showId);
    // Whoever was here first has written what this was asked for.
    if (show.feed_published_revision >= show.feed_revision) return;
    try {
      await publishAndTell(options, showId);
    } catch (error) {
      throw error instanceof FeedRefusedError ? new GiveUpError(error.message, { cause: error }) : error;
    }
  },
  giveUp({ showId }, reason) {
    options.logger.error({ showId, reason }, 'A feed could not be written anew; it stands as it was');
    return Promise.resolve();
  },
});
