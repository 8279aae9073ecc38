/**
 * The `take-down` job: an episode was taken down, or a speaker of it was erased, so what was made of it before must not be heard
 * any more, however long it takes to make it anew. The feed and the pages let go of it first, so that they never point at nothing.
 */
import { bothFolders, membersChaptersKey } from '../../publisher/media/episode-folder.ts';
import { PRIVATE_PREFIX, type MediaStore } from '../../publisher/media/store.ts';
import {
  addressOf,
  chaptersKey,
  embedKey,
  episodeFolder,
  episodePageKey,
  feedKey,
  showPageKey,
} from '../../publisher/site/addresses.ts';
import { FeedRefusedError } from '../../publisher/site/gate.ts';
import { pageAddress } from '../../publisher/site/own-domain.ts';
import type { Episode, JobHandler, Show } from '../catalog/index.ts';
import { publishAndTell, type PublishingOptions } from './publish-and-tell.ts';

const isTakenDown = (episode: Episode | undefined): boolean =>
  episode?.state === 'failed' && episode.withdrawn_at !== null && episode.duration_us === null;

const pagesOf = async (media: MediaStore, show: string, episode: string): Promise<string[]> => [
  ...[episodePageKey, embedKey, chaptersKey].map((keyOf) => keyOf(show, episode)),
  ...(await media.list(episodeFolder(show, episode))),
];

/** Wherever caches may have them, with what names them. What is for members no cache has. */
function addressesOf(
  { baseUrl, mediaAddress, media }: PublishingOptions,
  show: Pick<Show, 'slug' | 'custom_domain'> | undefined,
  keys: readonly string[],
): string[] {
  const naming = show === undefined ? [] : [feedKey(show.slug), showPageKey(show.slug)];
  const site = show && { baseUrl, slug: show.slug, domain: show.custom_domain ?? undefined };
  const addresses = [...keys, ...naming]
    .filter((key) => !key.startsWith(PRIVATE_PREFIX))
    .flatMap((key) => [
      ...[addressOf(baseUrl, key), site && pageAddress(site, key)],
      ...[mediaAddress?.(key), media.publicUrl(key)],
    ]);
  return [...new Set(addresses.flatMap((address) => address ?? []))];
}

/** Done twice, or after the episode was made and published anew, it takes nothing away that belongs to the new one. */
export function takeDownJob(options: PublishingOptions): JobHandler<'take-down'> {
  const { catalog, media, logger } = options;
  const stand = async (episodeId: string) => {
    const episode = await catalog.episodes.byId(episodeId);
    const show = episode && (await catalog.shows.byId(episode.show_id));
    const inFeed = episode?.state === 'publishing' || episode?.state === 'published';
    return show && { episode, show, inFeed };
  };
  /** A feed that directories would refuse for another reason stands as it was; what must go goes all the same. */
  const publish = (showId: string) =>
    publishAndTell(options, showId).catch((error: unknown) => {
      if (!(error instanceof FeedRefusedError)) throw error;
      logger.error({ err: error, showId }, 'A feed still names what was taken down: it could not be written');
    });
  return {
    async run({ payload: { episodeId, mediaKeys } }) {
      const gone: string[] = [];
      const before = await stand(episodeId);
      if (before !== undefined) {
        const { show, episode, inFeed } = before;
        // Caches may have them although a try before this one has removed them.
        if (!inFeed) gone.push(...(await pagesOf(media, show.slug, episode.slug)));
        // A first publication that failed half-way may have left what nobody has dated.
        const isOut =
          show.published_at !== null ||
          show.members_role_id !== null ||
          (await media.head(feedKey(show.slug))) !== undefined;
        if (isOut) await publish(show.id);
        if (!inFeed)
          gone.push(
            ...(await media.list(episodeFolder(show.slug, episode.slug))),
            membersChaptersKey(episode),
          );
        // Nothing of it is in use: whatever tries before have left goes too, unless a host has had it begun anew.
        if (isTakenDown(await catalog.episodes.byId(episodeId)))
          for (const folder of bothFolders(episode)) gone.push(...(await media.list(folder)));
        for (const key of gone) await media.delete(key);
        options.memory?.forget(show.id);
        // Published anew in the meantime: its page is written once more.
        if (!inFeed && (await stand(episodeId))?.inFeed) await publish(show.id);
      }
      // Named by its content, the same audio has the same key, should it have been made and published again meanwhile.
      const now = await catalog.episodes.byId(episodeId);
      const { vtt_key: vtt, srt_key: srt, json_key: json } = now?.transcript ?? {};
      const inUse = new Set([...(now?.renditions.map(({ media_key: key }) => key) ?? []), vtt, srt, json]);
      for (const key of mediaKeys.filter((each) => !inUse.has(each))) {
        await media.delete(key);
        gone.push(key);
      }
      await options.purge?.(addressesOf(options, before?.show, gone));
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
