/** The independent meter: ffmpeg's ebur128 on a decoded file. */
import type { FfmpegJob, FfmpegRunner } from './ffmpeg.ts';
import { measureJob, measureVoiceJob } from './ffmpeg-jobs.ts';

export interface Measurement {
  /** -70 is the meter's floor. */
  integratedLufs: number;
  /** Minus infinity for digital silence. */
  truePeakDbtp: number;
  rangeLu: number;
}

/** `onLine` hears how far it is. */
export const measureFile = (
  ffmpeg: FfmpegRunner,
  path: string,
  onLine?: (line: string) => void,
): Promise<Measurement> => measure(ffmpeg, measureJob(path), onLine);

/** Of one speaker's raw track. */
export const measureVoice = (ffmpeg: FfmpegRunner, path: string): Promise<Measurement> =>
  measure(ffmpeg, measureVoiceJob(path));

async function measure(
  ffmpeg: FfmpegRunner,
  job: FfmpegJob,
  onLine?: (line: string) => void,
): Promise<Measurement> {
  const lines: string[] = [];
  await ffmpeg.run(job, (line) => {
    lines.push(line);
    onLine?.(line);
  });
  return readSummary(lines);
}

/** Reads the summary that ebur128 prints at the end (libavfilter/f_ebur128.c, uninit). */
export function readSummary(lines: readonly string[]): Measurement {
  const summary = lines.slice(lines.findLastIndex((line) => line.trimEnd().endsWith('Summary:')));
  const figure = (label: string): number => {
    for (const line of summary) {
      const found = new RegExp(`^\\s*${label}:\\s+(\\S+) (?:LUFS|LU|dBFS)`).exec(line)?.[1];
      if (found !== undefined) return found === '-inf' ? -Infinity : Number(found);
    }
    throw new Error(`ebur128 printed no "${label}": ${lines.slice(-5).join(' | ')}`);
  };
  return { integratedLufs: figure('I'), truePeakDbtp: figure('Peak'), rangeLu: figure('LRA') };
}
