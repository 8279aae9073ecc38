/** A show's cover as a local file: ffmpeg reads files, the media store may be elsewhere. */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MediaStore } from '../../publisher/media/store.ts';
import { loadAssets } from '../../publisher/site/assets.ts';
import type { Show } from '../catalog/index.ts';

/** Written into `folder`: the show's own cover, or the one that shows without their own carry on their pages too. */
export async function coverFile(
  media: MediaStore,
  show: Pick<Show, 'cover_key'>,
  folder: string,
): Promise<string> {
  const own = show.cover_key === null ? undefined : await media.read(show.cover_key);
  if (own !== undefined) {
    const coverPath = path.join(folder, `cover${path.extname(own.object.key)}`);
    await pipeline(own.body, createWriteStream(coverPath));
    return coverPath;
  }
  const { defaultCover } = await loadAssets();
  const coverPath = path.join(folder, `cover${path.extname(defaultCover.key)}`);
  await writeFile(coverPath, defaultCover.body);
  return coverPath;
}
