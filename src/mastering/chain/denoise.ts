/** Takes noise off a track whose voice stands too little above it: ffmpeg's afftdn, its delay taken back. */
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import type { FfmpegJob, FfmpegRunner } from '../ffmpeg.ts';
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

/** Replaces the file of raw samples; as long as before, and nothing moves. */
export async function denoiseFile(
  ffmpeg: FfmpegRunner,
  rawPath: string,
  noiseLufs: number,
  settings: DenoiseSettings,
): Promise<void> {
  const filter = filterOf(noiseLufs, settings);
  const delay = await delayOf(ffmpeg, filter, `${rawPath}.delay`);
  const cleanPath = `${rawPath}.clean`;
  await ffmpeg.run(denoiseJob(rawPath, cleanPath, filter, delay));
  await rename(cleanPath, rawPath);
}

const denoiseJob = (rawPath: string, cleanPath: string, filter: string, delay: number): FfmpegJob =>
  rawToRawJob(rawPath, cleanPath, [`apad=pad_len=${delay}`, filter, `atrim=start_sample=${delay}`]);

/**
 * Samples by which a filter delays, found with an impulse: it keeps its length and cuts the end off instead (1200 samples in
 * ffmpeg 5.1), and another version may differ.
 */
async function delayOf(ffmpeg: FfmpegRunner, filter: string, scratchPath: string): Promise<number> {
  const impulse = new Float32Array(SAMPLE_RATE_HZ);
  const at = SAMPLE_RATE_HZ / 2;
  impulse[at] = 1;
  const answerPath = `${scratchPath}.out`;
  await writeFile(scratchPath, new Uint8Array(impulse.buffer));
  await ffmpeg.run(rawToRawJob(scratchPath, answerPath, [filter]));
  const { buffer, byteOffset, byteLength } = await readFile(answerPath);
  const answer = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  await Promise.all([scratchPath, answerPath].map((each) => unlink(each)));
  let loudest = 0;
  for (let index = 1; index < answer.length; index += 1)
    if (Math.abs(answer[index]!) > Math.abs(answer[loudest]!)) loudest = index;
  return Math.max(0, loudest - at);
}
