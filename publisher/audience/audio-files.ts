/** What counts of a file, looked up once: whose audio it is, where the audio begins, and how much of it is a minute. */
import { buffer } from 'node:stream/consumers';
import type { Audience, AudienceMedia } from '../../src/catalog/index.ts';
import type { MediaStore } from '../media/store.ts';
import { audioStartOf, LOOK_BYTES } from './audio-start.ts';
import { BoundedCache } from './bounded-cache.ts';
import { thresholdOf } from './counting.ts';

const MOST_FILES = 5_000;
/** A file that is no episode's may become one's (an import, say), and until then be asked for often. */
const LOOK_AGAIN_MS = 60_000;

/** Undefined for a file that is no episode's. Rejects when the catalog or the store is away. */
export type AudioFiles = (mediaKey: string) => Promise<AudienceMedia | undefined>;

export function audioFiles(
  { audience, media }: { audience: Pick<Audience, 'media' | 'fileOf' | 'rememberMedia'>; media: MediaStore },
  nowMs: () => number,
): AudioFiles {
  const known = new BoundedCache<{ file: AudienceMedia | undefined; atMs: number }>(MOST_FILES);
  return async (mediaKey) => {
    const before = known.get(mediaKey);
    if (before !== undefined && (before.file !== undefined || nowMs() - before.atMs < LOOK_AGAIN_MS))
      return before.file;
    const file = (await audience.media(mediaKey)) ?? (await lookAt(mediaKey));
    known.set(mediaKey, { file, atMs: nowMs() });
    return file;
  };

  async function lookAt(mediaKey: string): Promise<AudienceMedia | undefined> {
    const of = await audience.fileOf(mediaKey);
    if (of === undefined) return undefined;
    const stored = await media.head(mediaKey);
    if (stored === undefined) return undefined;
    const last = Math.min(LOOK_BYTES, stored.bytes) - 1;
    const found = last < 0 ? undefined : await media.read(mediaKey, { first: 0, last });
    const head = found === undefined ? new Uint8Array() : await buffer(found.body);
    const { fromByte, enoughBytes } = thresholdOf({
      ...{ bytes: stored.bytes, durationUs: of.durationUs },
      audioStart: audioStartOf(head, stored.bytes),
    });
    const file = {
      ...{ media_key: mediaKey, episode_id: of.episodeId },
      ...{ from_byte: fromByte, enough_bytes: enoughBytes },
    };
    await audience.rememberMedia(file);
    return file;
  }
}
