/**
 * Puts files where their episode's visibility has them: those of members' episodes under a prefix that nothing public
 * reaches, all others in the open. What moves gets a new address, for apps and caches remember the old.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { episodeMediaFolder, mediaCacheControl } from '../../publisher/media/episode-folder.ts';
import { PRIVATE_PREFIX } from '../../publisher/media/store.ts';
import type { EpisodeWithRenditions } from '../catalog/index.ts';
import type { WorkersOptions } from './index.ts';
import { contentId } from './content-id.ts';

type Options = Pick<WorkersOptions, 'catalog' | 'media' | 'scratchFolder' | 'logger'>;

/**
 * Before a show is published. Answers keys that nothing names any more: delete them once the feed has let go of them. Done
 * again it does what is left to do; a try that was killed leaves copies that the next one uses.
 */
export async function placeMedia(options: Options, showId: string): Promise<string[]> {
  const { catalog, logger } = options;
  const former: string[] = [];
  for (const episode of await catalog.mediaMoves.misplaced(showId, PRIVATE_PREFIX)) {
    const moved = await moveEpisode(options, episode);
    if (moved !== undefined)
      logger.info({ episodeId: episode.id, visibility: episode.visibility }, 'Its files were moved');
    former.push(...(moved ?? []));
  }
  return former;
}

async function moveEpisode(options: Options, episode: EpisodeWithRenditions): Promise<string[] | undefined> {
  const folder = episodeMediaFolder(episode);
  const isMisplaced = (key: string) => isOnWrongSide(key, episode);
  const renditions: { id: string; newId: string; mediaKey: string }[] = [];
  for (const { id, media_key: key } of episode.renditions.filter((each) => isMisplaced(each.media_key))) {
    const newId = contentId(`${id} ${episode.visibility}`);
    const mediaKey = `${folder}${newId}${path.extname(key)}`;
    // What the store has lost stays where it was: the self-test of its feed says so.
    if (await copy(options, key, mediaKey)) renditions.push({ id, newId, mediaKey });
  }
  const { vtt_key: vtt, srt_key: srt, json_key: json } = episode.transcript ?? {};
  const keys = [vtt, srt, json].map((key) => (key && isMisplaced(key) ? key : undefined));
  const [vttKey, srtKey, jsonKey] = await Promise.all(
    keys.map(async (key) => {
      if (key === undefined) return undefined;
      const { name, ext } = path.parse(key);
      const target = `${folder}${transcriptName(name, episode.visibility)}${ext}`;
      return (await copy(options, key, target)) ? target : undefined;
    }),
  );
  const transcript = vttKey && srtKey && jsonKey ? { vttKey, srtKey, jsonKey } : undefined;
  if (renditions.length === 0 && transcript === undefined) return undefined;
  const former = await options.catalog.mediaMoves.move(episode, { renditions, transcript });
  if (former !== undefined) return former;
  const copies = [...renditions.map(({ mediaKey }) => mediaKey), vttKey, srtKey, jsonKey];
  await takeBack(
    options,
    episode.id,
    copies.filter((key) => key !== undefined),
  );
  return undefined;
}

const isOnWrongSide = (key: string, { visibility }: Pick<EpisodeWithRenditions, 'visibility'>): boolean =>
  key.startsWith(PRIVATE_PREFIX) !== (visibility === 'members');

/**
 * The episode became another while its files were copied. What now lies where its listeners may not have it, or where nobody
 * looks for it, goes; whoever moves the episode at the same time may need the others.
 */
async function takeBack({ catalog, media, logger }: Options, episodeId: string, copies: readonly string[]) {
  const now = await catalog.episodes.byId(episodeId);
  const useless = copies.filter((key) => now === undefined || isOnWrongSide(key, now));
  for (const key of useless) await media.delete(key);
  logger.info({ episodeId, files: useless.length }, 'An episode changed while its files were moved');
}

const transcriptName = (name: string, visibility: string): string =>
  `transcript-${createHash('sha256').update(`${name} ${visibility}`).digest('hex').slice(0, 16)}`;

/** False when there is nothing to copy. Throws when the copy is not what was there. */
async function copy({ media, scratchFolder }: Options, from: string, to: string): Promise<boolean> {
  const before = await media.head(from);
  if (before === undefined) return false;
  if ((await media.head(to))?.sha256 === before.sha256) return true;
  const found = await media.read(from);
  if (found === undefined) return false;
  await mkdir(scratchFolder, { recursive: true });
  const file = path.join(scratchFolder, `move-${path.basename(to)}`);
  try {
    await pipeline(found.body, createWriteStream(file));
    const options = { contentType: before.contentType, cacheControl: mediaCacheControl(to) };
    const stored = await media.put(to, { path: file }, options);
    if (stored.sha256 !== found.object.sha256) throw new Error(`${to} is no true copy of ${from}.`);
    return true;
  } finally {
    await rm(file, { force: true });
  }
}
