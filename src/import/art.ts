/** Art of other hosts, into the media store under a name that is its content; the same picture once. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readArt } from '../../publisher/feed/lint/art.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import { smallCoverKey } from '../../publisher/site/cover.ts';
import type { FfmpegRunner } from '../mastering/ffmpeg.ts';
import type { Outside } from '../outside/index.ts';

const MOST_BYTES = 20 * 2 ** 20;
/** Nothing larger is decoded: a small file may unfold to this many pixels. */
const MOST_SIDE_PX = 6_000;
const SMALL_PX = 448;
const FOR_EVER = 'public, max-age=31536000, immutable';
const FORMATS = {
  jpeg: { ending: 'jpg', contentType: 'image/jpeg', demuxer: 'jpeg_pipe' },
  png: { ending: 'png', contentType: 'image/png', demuxer: 'png_pipe' },
} as const;

/** The picture cannot be taken over. The message is a sentence's end: why. */
export class ArtError extends Error {
  override name = 'ArtError';
}

export interface ArtOptions {
  media: Pick<MediaStore, 'put' | 'head'>;
  outside: Pick<Outside, 'bytes'>;
  ffmpeg: Pick<FfmpegRunner, 'run'>;
  showId: string;
  scratchFolder: string;
  signal: AbortSignal;
}

export interface ArtTaker {
  /** Answers its key. Throws ArtError and OutsideError. `small`: pages show a copy of it. */
  take(url: string, options?: { small?: boolean }): Promise<string>;
}

export function createArtTaker({
  media,
  outside,
  ffmpeg,
  showId,
  scratchFolder,
  signal,
}: ArtOptions): ArtTaker {
  const taken = new Map<string, Promise<string>>();
  const store = async (url: string, small: boolean) => {
    const { body } = await outside.bytes(url, { mostBytes: MOST_BYTES, signal });
    const header = readArt(body);
    const { format } = header;
    if (format !== 'jpeg' && format !== 'png') throw new ArtError('it is neither a JPEG nor a PNG');
    const { ending, contentType, demuxer } = FORMATS[format];
    const key = `art/${showId}/${createHash('sha256').update(body).digest('hex').slice(0, 32)}.${ending}`;
    if ((await media.head(key)) === undefined)
      await media.put(key, { body }, { contentType, cacheControl: FOR_EVER });
    const sides = [header.widthPixels, header.heightPixels];
    if (small && sides.every((side) => side > 0 && side <= MOST_SIDE_PX)) await makeSmall(key, body, demuxer);
    return key;
  };
  /** Best effort: without it pages show the whole. */
  const makeSmall = async (key: string, body: Buffer, demuxer: string) => {
    const folder = await mkdtemp(path.join(scratchFolder, 'art-'));
    try {
      const [whole, output] = [path.join(folder, 'whole'), path.join(folder, 'small.webp')];
      await writeFile(whole, body);
      await ffmpeg.run({
        inputs: [{ path: whole, options: ['-max_alloc', `${128 * 2 ** 20}`, '-f', demuxer] }],
        options: [
          '-map_metadata',
          '-1',
          '-frames:v',
          '1',
          '-vf',
          `scale=${SMALL_PX}:${SMALL_PX}`,
          '-q:v',
          '70',
        ],
        output,
      });
      await media.put(
        smallCoverKey(key),
        { path: output },
        { contentType: 'image/webp', cacheControl: FOR_EVER },
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error) || error.name !== 'FfmpegError') throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    take(url, { small = false } = {}) {
      const before = taken.get(url);
      if (before !== undefined) return before;
      const taking = store(url, small);
      taken.set(url, taking);
      return taking;
    },
  };
}
