/** An episode whose audio stands in the media store: all that is left to do is to publish it. */
import { hash, randomUUID } from 'node:crypto';
import type { MediaStore } from '../../../publisher/media/store.ts';
import type { Catalog } from '../../../src/catalog/index.ts';
import { mastered, recordedEpisode, type Story } from '../../catalog/support/stories.ts';

export async function readyEpisode(
  catalog: Catalog,
  media: MediaStore,
  story: Parameters<typeof recordedEpisode>[1] = {},
): Promise<Story & { audio: Buffer; mediaKeys: string[] }> {
  const made = await recordedEpisode(catalog, story);
  const audio = Buffer.from(`the audio of ${randomUUID()}`);
  const renditions = mastered().renditions.map((rendition) => ({
    ...rendition,
    bytes: audio.length,
    sha256: hash('sha256', audio),
    mediaKey: `media/${made.show.id}/${made.episode.id}/${rendition.id}.${rendition.kind}`,
  }));
  for (const { mediaKey, mimeType } of renditions)
    await media.put(mediaKey, { body: audio }, { contentType: mimeType });
  await catalog.episodes.markReady(made.episode.id, mastered({ renditions }));
  return { ...made, audio, mediaKeys: renditions.map(({ mediaKey }) => mediaKey) };
}

/** As a host does it. */
export const publish = (catalog: Catalog, guildId: string, episodeId: string) =>
  catalog.transaction(async (trx) => {
    await trx.episodes.publish(guildId, episodeId);
    await trx.queue.enqueue('publish', { episodeId });
  });
