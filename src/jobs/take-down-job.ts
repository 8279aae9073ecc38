/**
 * The `take-down` job: an episode was taken down, or a speaker of it was erased, so what was made of it before must not be heard
 * any more, however long it takes to make it anew. The feed and the pages let go of it first, so that they never point at nothing.
 */
import { membersChaptersKey } from '../../publisher/media/episode-folder.ts';
import { chaptersKey, episodePageKey } from '../../publisher/site/addresses.ts';
import type { JobHandler } from '../catalog/index.ts';
import { publishAndTell, type PublishingOptions } from './publish-and-tell.ts';

/** Done twice, or after the episode was made and published anew, it takes nothing away that belongs to the new one. */
export function takeDownJob(options: PublishingOptions): JobHandler<'take-down'> {
  const { catalog, media, logger } = options;
  const stand = async (episodeId: string) => {
    const episode = await catalog.episodes.byId(episodeId);
    const show = episode && (await catalog.shows.byId(episode.show_id));
    const inFeed = episode?.state === 'publishing' || episode?.state === 'published';
    return show && { episode, show, inFeed };
  };
  return {
    async run({ payload: { episodeId, mediaKeys } }) {
      const before = await stand(episodeId);
      if (before?.show.published_at) {
        const { show, episode, inFeed } = before;
        await publishAndTell(options, show.id);
        if (!inFeed)
          for (const key of [
            episodePageKey(show.slug, episode.slug),
            chaptersKey(show.slug, episode.slug),
            membersChaptersKey(episode),
          ])
            await media.delete(key);
        // Published anew in the meantime: its page is written once more.
        if (!inFeed && (await stand(episodeId))?.inFeed) await publishAndTell(options, show.id);
      }
      // Named by its content, the same audio has the same key, should it have been made and published again meanwhile.
      const inUse = new Set(
        (await catalog.episodes.byId(episodeId))?.renditions.map(({ media_key: key }) => key),
      );
      for (const key of mediaKeys) if (!inUse.has(key)) await media.delete(key);
      logger.info({ episodeId, files: mediaKeys.length }, 'Taken down');
    },
    giveUp({ episodeId, mediaKeys }, reason) {
      logger.error(
        { episodeId, mediaKeys, reason },
        'An episode, or what an erased speaker said in it, could not be taken down. Remove these files from the media store by hand',
      );
      return Promise.resolve();
    },
  };
}
