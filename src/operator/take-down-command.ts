/** `stagecast take-down`: an episode goes, with everything that could be fetched of it; and what nobody here can take back. */
import { z } from 'zod';
import { takeDownJob } from '../jobs/take-down-job.ts';
import { type OperatorCommand, OperatorError, showNamed } from './operator.ts';

export const takeDownArgs = z.object({ place: z.string().max(300) });

export const takeDownCommand: OperatorCommand<z.infer<typeof takeDownArgs>> = async (operator, { place }) => {
  const { catalog, publishing, config, say } = operator;
  const [showName = '', episodeName = '', ...more] = place.replace(/^\/+|\/+$/g, '').split('/');
  if (showName === '' || episodeName === '' || more.length > 0)
    throw new OperatorError(
      'Name the episode as <show>/<episode>, as they stand in its address: /shows/<show>/episodes/<episode>/.',
    );
  const show = await showNamed(operator, showName);
  const episode = await catalog.episodes.bySlug(show.id, episodeName);
  if (episode === undefined)
    throw new OperatorError(
      `“${show.title}” has no episode "${episodeName}". Its name stands in its address.`,
    );
  // The job outlives this command: should it be cut short, workers bring it to its end.
  const mediaKeys = await catalog.transaction(async (trx) => {
    const keys = await trx.episodes.takeDown(show.guild_id, episode.id);
    await trx.queue.enqueue('take-down', { episodeId: episode.id, mediaKeys: keys });
    return keys;
  });
  const job = {
    id: 'take-down',
    payload: { episodeId: episode.id, mediaKeys },
    signal: new AbortController().signal,
  };
  try {
    await takeDownJob(publishing).run(job);
  } catch (error) {
    say(
      `“${episode.title}” is out of the catalog's feed, but not all of it could be removed yet: ${(error as Error).message}`,
    );
    say('A running Stagecast goes on trying for a day; or give the same command again.');
    return 1;
  }
  say(
    `“${episode.title}” is taken down: out of the feed, its pages and ${mediaKeys.length} files are removed, its guid is kept.`,
  );
  if (config.operator.purge !== undefined) say('The cache at CDN_PURGE_URL was told.');
  for (const line of beyondReach({ ...episode, isCached: config.operator.purge === undefined })) say(line);
  return 0;
};

/** What remains to be done by people. */
function beyondReach({ session_id, isCached }: { session_id: string | null; isCached: boolean }): string[] {
  return [
    '',
    'What is beyond our reach, and what you can do about it:',
    '  - Apps: whoever has downloaded the episode keeps it; most apps drop it from their lists when they next read the feed.',
    '  - Apple Podcasts: the listing follows within a day; in a hurry, Podcasts Connect, the show, Refresh Feed, or its support form.',
    '  - Spotify: it serves copies of its own. Spotify for Creators, the episode, Delete; for rights, its infringement form.',
    '  - YouTube (shows that were handed in by RSS): it made a video of it. YouTube Studio, Content, delete that video.',
    '  - Podcast Index and the apps that use it: podcastindex.org/add reads the feed anew when you give its address.',
    '  - Amazon Music, Deezer, iHeart, Pandora and others that copy: their support, with the address of the episode.',
    '  - Archives and search engines: info@archive.org; Google Search Console, Removals.',
    '  - Clips, transcripts and links that others have posted: ask them, or their platforms.',
    ...(isCached
      ? [
          '  - A cache or CDN of yours before this installation: empty it, and set CDN_PURGE_URL for the next time.',
        ]
      : []),
    ...(session_id === null
      ? ['  - The host that it was imported from: take it down there as well, if it still stands there.']
      : [
          `  - Its recording is kept here (${session_id}). To destroy somebody's voice in it: /privacy forget-me, or remove the folder of the session.`,
        ]),
    '  - Backups of the media store and of the data folder, wherever you keep them.',
  ];
}
