/** Takes noise off a track whose voice stands too little above it: ffmpeg's afftdn, its delay taken back. */
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import type { FfmpegRunner } from '../ffmpeg.ts';
import { rawToRawJob } from '../ffmpeg-jobs.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';

export interface DenoiseSettings {
  /** A voice less than this above its own noise is cleaned. */
  belowSnrDb: number;
  reductionDb: number;
}

/** afftdn takes a noise floor between these (ffmpeg-filters, "afftdn"). */
const NOISE_FLOOR_DB = { min: -80, max: -20 };

const filterOf = (noiseLufs: number, { reductionDb }: DenoiseSettings): string => {
  const floorDb = Math.min(NOISE_FLOOR_DB.max, Math.max(NOISE_FLOOR_DB.min, noiseLufs));
  return `afftdn=nr=${reductionDb}:nf=${floorDb.toFixed(1)}`;
};

/** What ffmpeg is to do to a track, so that nothing moves and nothing is cut off. */
export const denoiseFilters = (noiseLufs: number, settings: DenoiseSettings, delay: number): string[] => [
  `apad=pad_len=${delay}`,
  filterOf(noiseLufs, settings),
  `atrim=start_sample=${delay}`,
];

/** Replaces the file of raw samples by one that is as long. */
export async function denoiseFile(
  ffmpeg: FfmpegRunner,
  rawPath: string,
  noiseLufs: number,
  settings: DenoiseSettings,
): Promise<void> {
  const delay = await denoiserDelay(ffmpeg, `${rawPath}.delay`);
  const cleanPath = `${rawPath}.clean`;
  await ffmpeg.run(rawToRawJob(rawPath, cleanPath, denoiseFilters(noiseLufs, settings, delay)));
  await rename(cleanPath, rawPath);
}

/** By runner, which stands for a program. */
const delays = new WeakMap<FfmpegRunner, Promise<number>>();

/** Samples by which the filter delays; found once for all tracks. */
export function denoiserDelay(ffmpeg: FfmpegRunner, scratchPath: string): Promise<number> {
  const delay = delays.get(ffmpeg) ?? findDelay(ffmpeg, scratchPath);
  delays.set(ffmpeg, delay);
  return delay;
}

/** With an impulse: the filter keeps its length and cuts the end off instead (1200 samples in ffmpeg 5.1), and another version may differ. */
async function findDelay(ffmpeg: FfmpegRunner, scratchPath: string): Promise<number> {
  const impulse = new Float32Array(SAMPLE_RATE_HZ / 2);
  const at = impulse.length / 2;
  impulse[at] = 1;
  const answerPath = `${scratchPath}.out`;
  await writeFile(scratchPath, new Uint8Array(impulse.buffer));
  await ffmpeg.run(rawToRawJob(scratchPath, answerPath, ['afftdn']));
  const { buffer, byteOffset, byteLength } = await readFile(answerPath);
  const answer = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  await Promise.all([scratchPath, answerPath].map((each) => unlink(each)));
  let loudest = 0;
  for (let index = 1; index < answer.length; index += 1)
    if (Math.abs(answer[index]!) > Math.abs(answer[loudest]!)) loudest = index;
  return Math.max(0, loudest - at);
}
