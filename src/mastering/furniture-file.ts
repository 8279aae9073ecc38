/** A sound that a host sent, made into the file that their show keeps: decoded and encoded anew, never passed through. */
import { FfmpegError, type FfmpegRunner } from './ffmpeg.ts';
import { soundFileJob } from './ffmpeg-jobs.ts';
import { badFurniture, LONGEST_SECONDS, SHORTEST_SECONDS, TOO_SHORT } from './furniture/sound.ts';
import type { FurnitureKind } from './furniture/layout.ts';
import { measureFile } from './measure.ts';

/** The meter's floor. */
const SILENT_LUFS = -70;

export interface FurnitureFile {
  kind: FurnitureKind;
  /** What was sent, whatever it claims to be. */
  sentPath: string;
  /** FLAC, 48 kHz, two channels, no tags. */
  outputPath: string;
}

/**
 * Measured by ffmpeg: half an hour of samples would hold up whoever waits for this process.
 * Throws RenderError `bad-furniture`, worded for a host, for what is no sound, silent, too short or too long.
 */
export async function makeFurnitureFile(
  ffmpeg: FfmpegRunner,
  { kind, sentPath, outputPath }: FurnitureFile,
): Promise<{ durationUs: number }> {
  const longest = LONGEST_SECONDS[kind];
  try {
    // A little more than is taken shows what is too long, and no more is ever decoded.
    await ffmpeg.run(soundFileJob(sentPath, outputPath, longest + 1));
  } catch (cause) {
    if (!(cause instanceof FfmpegError)) throw cause;
    throw badFurniture(kind, 'cannot be read as sound', cause);
  }
  const { format } = await ffmpeg.probe(outputPath);
  const seconds = format.duration ?? 0;
  if (seconds > longest) throw badFurniture(kind, `is longer than ${longest / 60} minutes`);
  if (seconds < SHORTEST_SECONDS) throw badFurniture(kind, TOO_SHORT);
  const { integratedLufs, truePeakDbtp } = await measureFile(ffmpeg, outputPath);
  if (integratedLufs <= SILENT_LUFS && truePeakDbtp <= SILENT_LUFS) throw badFurniture(kind, 'is silent');
  return { durationUs: Math.round(seconds * 1e6) };
}
