/** The picture for the files: whatever JPEG or PNG a show has, as one JPEG of a sensible size. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { RenderError } from './errors.ts';
import { FfmpegError, type FfmpegRunner } from './ffmpeg.ts';
import { coverJob } from './ffmpeg-jobs.ts';
import { isDiskFull } from './scratch-space.ts';

/** Throws RenderError `bad-cover` for what ffmpeg cannot read as a picture. */
export async function prepareCover(
  ffmpeg: FfmpegRunner,
  picturePath: string | undefined,
  scratchFolder: string,
): Promise<string | undefined> {
  if (picturePath === undefined) return undefined;
  const jpegPath = path.join(scratchFolder, 'cover.jpg');
  try {
    await access(picturePath);
    await ffmpeg.run(coverJob(picturePath, jpegPath));
    return jpegPath;
  } catch (cause) {
    const isOurs = cause instanceof FfmpegError || (cause as NodeJS.ErrnoException).syscall === 'access';
    if (!isOurs || isDiskFull(cause)) throw cause;
    throw new RenderError(
      'bad-cover',
      "The show's cover cannot be read as a JPEG or PNG of at most 40 megapixels. Upload another one.",
      { cause },
    );
  }
}
