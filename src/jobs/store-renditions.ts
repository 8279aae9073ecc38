/** Rendered files into the media store, under keys that name their content. */
import path from 'node:path';
import {
  bothFolders,
  episodeMediaFolder,
  mediaCacheControl,
  membersChaptersKey,
} from '../../publisher/media/episode-folder.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import type { Episode, MasteredRendition } from '../catalog/index.ts';
import type { RenderResult } from '../mastering/index.ts';
import { contentId } from './content-id.ts';
import type { WorkersOptions } from './index.ts';

type RenderedFile = RenderResult['renditions'][number];

/** An episode, and how many tracks had been erased of what was rendered. */
type RenderedEpisode = Pick<Episode, 'id' | 'show_id' | 'visibility'> & { erasedTracks: number };

/**
 * Puts each file at `media/<show>/<episode>/<rendition>.<ext>`, of members' episodes below `private/`. Done twice with the same files it changes nothing, so a
 * try that was killed leaves nothing behind that the next one does not use. Throws when the store has other bytes than ours.
 */
export async function storeRenditions(
  media: MediaStore,
  episode: RenderedEpisode,
  files: readonly RenderedFile[],
  signal: AbortSignal,
): Promise<MasteredRendition[]> {
  const renditions: MasteredRendition[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const id = renditionId(episode, file);
    const mediaKey = `${episodeMediaFolder(episode)}${id}${path.extname(file.path)}`;
    const stored = await media.put(
      mediaKey,
      { path: file.path },
      { contentType: file.mimeType, cacheControl: mediaCacheControl(mediaKey) },
    );
    if (stored.bytes !== file.bytes || stored.sha256 !== file.sha256)
      throw new Error(`The media store holds ${mediaKey} with other content than was put into it.`);
    const { kind, bytes, mimeType, sha256, durationUs } = file;
    renditions.push({ id, kind, mediaKey, bytes, mimeType, sha256, durationUs });
  }
  return renditions;
}

/**
 * A UUID of the content: other audio gets another address, the same audio the same one. After an erasure
 * every address is new, so that nothing new goes when the former is taken down.
 */
export function renditionId(
  { id, erasedTracks }: Pick<RenderedEpisode, 'id' | 'erasedTracks'>,
  { kind, sha256 }: Pick<RenderedFile, 'kind' | 'sha256'>,
): string {
  const erased = erasedTracks === 0 ? '' : ` ${erasedTracks}`;
  return contentId(`${id} ${kind} ${sha256}${erased}`);
}

/** Removes what is left of tries that were killed, and audio that was never published; what was stays for its time. Transcripts are another job's. */
export async function sweepRenditions(
  { catalog, media }: Pick<WorkersOptions, 'catalog' | 'media'>,
  episodeId: string,
): Promise<void> {
  const episode = await catalog.episodes.byId(episodeId);
  if (episode === undefined) return;
  const kept = new Set([
    ...episode.renditions.map(({ media_key: key }) => key),
    ...(await catalog.retiredMedia.of(episodeId)),
  ]);
  if (episode.visibility === 'members') kept.add(membersChaptersKey(episode));
  for (const folder of bothFolders(episode))
    for (const key of await media.list(folder))
      if (!kept.has(key) && !key.startsWith(`${folder}transcript-`)) await media.delete(key);
}
