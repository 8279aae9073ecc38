/** Parts of a show's sound, decoded for a window of a master. */
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import type { FfmpegRunner } from '../ffmpeg.ts';
import { furnitureJob } from '../ffmpeg-jobs.ts';
import { flacMd5 } from '../flac-header.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import type { PlacedClip } from './clips.ts';

import { openRaw, planesOf, type Sound, type SoundFigure } from './sound.ts';

/** Samples [from, to) of a sound. */
export type SoundRange = readonly [from: number, to: number];

/** What of the clips of a sound is heard between two samples of the master. */
export const heardOf = (clips: readonly PlacedClip[], start: number, end: number): SoundRange[] =>
  clips.flatMap(({ clip: { at, length } }) => {
    const [from, to] = [Math.max(0, start - at), Math.min(length, end - at)];
    return to <= from ? [] : [[from, to] as const];
  });

export interface PartsOrder {
  figure: SoundFigure;
  file: string;
  ranges: readonly SoundRange[];
  scratchFolder: string;
}

/** The sound as it is in whole, to be read within the ranges only. */
export async function openSoundParts(ffmpeg: FfmpegRunner, order: PartsOrder): Promise<Sound> {
  const { figure, file, ranges, scratchFolder } = order;
  const canSeek = (await flacMd5(file)) !== undefined;
  const opened: { from: number; to: number; raw: ReturnType<typeof openRaw> }[] = [];
  const close = () => {
    for (const { raw } of opened) raw.close();
  };
  try {
    for (const [index, [from, to]] of ranges.entries()) {
      const fromSeconds = canSeek ? Math.max(0, Math.floor(from / SAMPLE_RATE_HZ) - RUN_UP_SECONDS) : 0;
      const seconds = Math.ceil(to / SAMPLE_RATE_HZ) - fromSeconds;
      const rawPath = path.join(scratchFolder, `${figure.kind}-${index}.f32`);
      await ffmpeg.run(furnitureJob(file, rawPath, { channels: 2, fromSeconds, seconds }));
      const raw = openRaw(rawPath);
      await unlink(rawPath);
      opened.push({ from: fromSeconds * SAMPLE_RATE_HZ, to, raw });
    }
  } catch (error) {
    close();
    throw error;
  }
  const read = planesOf(figure.channels, (left, right, from) => {
    const part = opened.find((each) => each.from <= from && from < each.to);
    if (part !== undefined) part.raw.read(left, right, from - part.from);
    else for (const plane of [left, right]) plane.fill(0);
  });
  return { ...figure, read, close };
}

/**
 * FLAC is sought in to the sample, other formats are not (an MP3's frames lean on those before them). Whole seconds, and one
 * to spare: there a resampler stands in the same phase as on its way from the beginning, and has forgotten where it began.
 */
const RUN_UP_SECONDS = 1;
