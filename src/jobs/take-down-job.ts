/**
 * The `take-down` job: an episode was taken down, or a speaker of it was erased, so what was made of it before must not be heard
 * any more, however long it takes to make it anew. The feed and the pages let go of it first, so that they never point at nothing.
 */
import { membersChaptersKey } from '../../publisher/media/episode-folder.ts';
import { episodeFolder, feedKey } from '../../publisher/site/addresses.ts';
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
      if (before !== undefined) {
        const { show, episode, inFeed } = before;
        // A first publication that failed half-way may have left what nobody has dated.
        const isOut = show.published_at !== null || (await media.head(feedKey(show.slug))) !== undefined;
        if (isOut) await publishAndTell(options, show.id);
        if (!inFeed)
          for (const key of [
            ...(await media.list(episodeFolder(show.slug, episode.slug))),
            membersChaptersKey(episode),
          ])
            await media.delete(key);
        options.memory?.forget(show.id);
        // Published anew in the meantime: its page is written once more.
        if (!inFeed && (await stand(episodeId))?.inFeed) await publishAndTell(options, show.id);
      }
      // Named by its content, the same audio has the same key, should it have been made and published again meanwhile.
      const now = await catalog.episodes.byId(episodeId);
      const { vtt_key: vtt, srt_key: srt, json_key: json } = now?.transcript ?? {};
      const inUse = new Set([...(now?.renditions.map(({ media_key: key }) => key) ?? []), vtt, srt, json]);
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
