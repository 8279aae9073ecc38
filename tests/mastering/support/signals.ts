/** Synthetic signals, and ffmpeg as the independent meter of raw samples. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createFfmpegRunner, type FfmpegRunner } from '../../../src/mastering/ffmpeg.ts';
import { readSummary, type Measurement } from '../../../src/mastering/measure.ts';

export const RATE = 48_000;
export const toolPaths = {
  ffmpegPath: process.env['FFMPEG_PATH'] ?? 'ffmpeg',
  ffprobePath: process.env['FFPROBE_PATH'] ?? 'ffprobe',
};

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mastering-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function ffmpegForTest(signal?: AbortSignal): FfmpegRunner {
  const ffmpeg = createFfmpegRunner(toolPaths, signal);
  onTestFinished(() => ffmpeg.close());
  return ffmpeg;
}

/** Numbers in [-1, 1) that are the same in every run (mulberry32). */
export function noise(samples: number, amplitude: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: samples }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * amplitude;
  });
}

export const sine = (samples: number, hz: number, amplitude: number, phase = 0): Float32Array =>
  Float32Array.from(
    { length: samples },
    (_, at) => amplitude * Math.sin((2 * Math.PI * hz * at) / RATE + phase),
  );

/** Fades both ends over 0.1 s: an abrupt edge reaches beyond the band, where oversampling filters disagree. */
export const faded = (signal: Float32Array): Float32Array =>
  signal.map((sample, at) => {
    const edge = Math.min(1, at / (RATE / 10), (signal.length - 1 - at) / (RATE / 10));
    return sample * (0.5 - 0.5 * Math.cos(Math.PI * edge));
  });

/** Noise as dull as a voice: two one-pole low-passes at about 4 kHz. */
export function dullNoise(samples: number, amplitude: number, seed = 1): Float32Array {
  let [once, twice] = [0, 0];
  return noise(samples, amplitude, seed).map((sample) => {
    once += 0.4 * (sample - once);
    twice += 0.4 * (once - twice);
    return twice;
  });
}

/** The same pieces of a signal, cut anew. */
export function* pieces(signal: Float32Array, size: number): Generator<Float32Array> {
  for (let at = 0; at < signal.length; at += size) yield signal.slice(at, at + size);
}

export const joined = (parts: Iterable<Float32Array>): Float32Array =>
  Float32Array.from([...parts].flatMap((part) => [...part]));

export async function writeRaw(path: string, signal: Float32Array): Promise<void> {
  await writeFile(path, new Uint8Array(signal.buffer, signal.byteOffset, signal.byteLength));
}

export async function measureByFfmpeg(signal: Float32Array): Promise<Measurement> {
  const rawPath = path.join(await temporaryFolder(), 'signal.f32');
  await writeRaw(rawPath, signal);
  const lines: string[] = [];
  const raw = ['-f', 'f32le', '-ar', '48000', '-ac', '1'];
  await ffmpegForTest().run(
    {
      inputs: [{ options: raw, path: rawPath }],
      options: ['-af', 'ebur128=peak=true:framelog=verbose', '-f', 'null'],
      output: '-',
    },
    (line) => lines.push(line),
  );
  return readSummary(lines);
}

/** The first channel of a file; outside a test with a folder of its own. (`-ac 1` would add the two of a stereo file with 3 dB too much: f32 is not normalized.) */
export async function decodeFile(file: string, folder?: string): Promise<Float32Array> {
  const rawPath = path.join(folder ?? (await temporaryFolder()), `${path.basename(file)}.f32`);
  const ffmpeg = folder === undefined ? ffmpegForTest() : createFfmpegRunner(toolPaths);
  await ffmpeg.run({
    inputs: [{ options: ['-vn'], path: file }],
    options: ['-map', '0:a:0', '-af', 'pan=mono|c0=c0', '-f', 'f32le', '-ar', '48000'],
    output: rawPath,
  });
  const bytes = await readFile(rawPath);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
