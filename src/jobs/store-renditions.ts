/** Rendered files into the media store, under keys that name their content. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { MediaStore } from '../../publisher/media/store.ts';
import type { Episode, MasteredRendition } from '../catalog/index.ts';
import type { RenderResult } from '../mastering/index.ts';
import type { WorkersOptions } from './index.ts';

type RenderedFile = RenderResult['renditions'][number];

/** An episode, and how many tracks had been erased of what was rendered. */
type RenderedEpisode = Pick<Episode, 'id' | 'show_id'> & { erasedTracks: number };

/** A rendition's bytes never change under its key, so whoever has them need never ask again. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/**
 * Puts each file at `media/<show>/<episode>/<rendition>.<ext>`. Done twice with the same files it changes nothing, so a
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
    const mediaKey = `media/${episode.show_id}/${episode.id}/${id}${path.extname(file.path)}`;
    const stored = await media.put(
      mediaKey,
      { path: file.path },
      { contentType: file.mimeType, cacheControl: IMMUTABLE },
    );
    if (stored.bytes !== file.bytes || stored.sha256 !== file.sha256)
      throw new Error(`The media store holds ${mediaKey} with other content than was put into it.`);
    const { kind, bytes, mimeType, sha256, durationUs } = file;
    renditions.push({ id, kind, mediaKey, bytes, mimeType, sha256, durationUs });
  }
  return renditions;
}

/**
 * A UUID of the content (RFC 9562 version 8): other audio gets another address, the same audio the same one. After an erasure
 * every address is new, so that nothing new goes when the former is taken down.
 */
export function renditionId(
  { id, erasedTracks }: Pick<RenderedEpisode, 'id' | 'erasedTracks'>,
  { kind, sha256 }: Pick<RenderedFile, 'kind' | 'sha256'>,
): string {
  const erased = erasedTracks === 0 ? '' : ` ${erasedTracks}`;
  const bytes = createHash('sha256').update(`${id} ${kind} ${sha256}${erased}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
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
  const prefix = `media/${episode.show_id}/${episodeId}/`;
  for (const key of await media.list(prefix))
    if (!kept.has(key) && !key.startsWith(`${prefix}transcript-`)) await media.delete(key);
}
