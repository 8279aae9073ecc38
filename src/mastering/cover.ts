/** The picture for the files: whatever JPEG or PNG a show has, as one JPEG of a sensible size. */
import { readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RenderError } from './errors.ts';
import { FfmpegError, type FfmpegRunner } from './ffmpeg.ts';
import { coverJob } from './ffmpeg-jobs.ts';
import { isPng, plainPng } from './plain-png.ts';
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
    const sent = await readFile(picturePath);
    const sentPath = path.join(scratchFolder, 'cover.sent');
    await writeFile(sentPath, isPng(sent) ? plainPng(sent) : sent);
    await ffmpeg.run(coverJob(sentPath, jpegPath));
    await unlink(sentPath);
    return jpegPath;
  } catch (cause) {
    const isGone = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (!(cause instanceof FfmpegError || isGone) || isDiskFull(cause)) throw cause;
    throw new RenderError(
      'bad-cover',
      "The show's cover cannot be read as a JPEG or PNG of at most 40 megapixels. Upload another one.",
      { cause },
    );
  }
}
