import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writePeaks } from '../../src/mastering/peaks-file.ts';
import { createPeaks, PEAKS_ZOOMS, type PeaksZoom } from '../../src/mastering/peaks.ts';
import { readPeaks } from './support/peaks.ts';
import { decodeFile, ffmpegForTest, noise, pieces, RATE, temporaryFolder } from './support/signals.ts';

/** From the samples alone: each zoom by itself, a pixel at a time. */
const naive = (signal: Float32Array): PeaksZoom[] =>
  PEAKS_ZOOMS.map((samplesPerPixel) => ({
    samplesPerPixel,
    minMax: Int8Array.from(
      [...pieces(signal, samplesPerPixel)].flatMap((pixel) => [
        Math.max(-128, Math.trunc(Math.min(...pixel.map((sample) => sample * 128)))),
        Math.min(127, Math.trunc(Math.max(...pixel.map((sample) => sample * 128)))),
      ]),
    ),
  }));

function peaksOf(signal: Float32Array, size: number): PeaksZoom[] {
  const peaks = createPeaks(signal.length);
  for (let at = 0; at < signal.length; at += size) peaks.add(signal.subarray(at, at + size), at);
  return peaks.finish();
}

test('what ffmpeg decodes: every pixel of every zoom has the least and the greatest of its samples', async () => {
  const file = path.join(await temporaryFolder(), 'talk.opus');
  const source = {
    options: ['-f', 'lavfi'],
    path: 'aevalsrc=(sin(440*2*PI*t)+random(0)-0.5)*t/4:s=48000:d=4.7',
  };
  await ffmpegForTest().run({ inputs: [source], options: ['-c:a', 'libopus', '-b:a', '64k'], output: file });
  const decoded = await decodeFile(file);
  expect(decoded.length).toBeGreaterThan(4.6 * RATE);
  const expected = naive(decoded);
  // Loud enough to reach both ends of the scale, and soft at the beginning.
  expect([Math.min(...expected[0]!.minMax), Math.max(...expected[0]!.minMax)]).toEqual([-128, 127]);
  expect(expected[0]!.minMax.slice(0, 4).every((value) => Math.abs(value) < 8)).toBe(true);
  for (const size of [1000, 480, 48_000, decoded.length]) expect(peaksOf(decoded, size)).toEqual(expected);
});

test('what is not added is silence, and a part of the pixels that it reaches into', () => {
  const signal = new Float32Array(150_001);
  const peaks = createPeaks(signal.length);
  for (const [at, length, level] of [
    [-100, 200, 0.5],
    [700, 100, 0.25],
    [800, 160, -0.25],
    [960, 480, 0.75],
    [100_000, 960, -0.5],
    [149_800, 900, 0.5],
  ] as const) {
    peaks.add(new Float32Array(length).fill(level), at);
    signal.fill(level, Math.max(0, at), Math.max(0, at + length));
  }
  const zooms = peaks.finish();
  expect(zooms).toEqual(naive(signal));
  expect(zooms[0]!.minMax.slice(0, 6)).toEqual(Int8Array.of(0, 64, -32, 32, 96, 96));
  expect(() => peaks.add(new Float32Array(1), 1000)).toThrow(RangeError);
});

test('an empty signal, and one of nothing but silence', () => {
  expect(
    createPeaks(0)
      .finish()
      .map(({ minMax }) => minMax.length),
  ).toEqual([0, 0, 0]);
  expect(createPeaks(RATE + 1).finish()).toEqual(naive(new Float32Array(RATE + 1)));
});

test('twelve silent hours with a word in them cost no memory and no time', () => {
  const samples = 12 * 3600 * RATE;
  const before = process.memoryUsage.rss();
  const peaks = createPeaks(samples);
  peaks.add(new Float32Array(480).fill(0.5), samples - 480);
  expect(process.memoryUsage.rss() - before).toBeLessThan(5_000_000);
  expect(peaks.finish().map(({ minMax }) => minMax.at(-1))).toEqual([64, 64, 64]);
});

test('a file of each zoom, as audiowaveform lays it out, and back', async () => {
  const folder = path.join(await temporaryFolder(), 'derived/01');
  const signal = noise(2 * RATE + 7, 0.9);
  const zooms = peaksOf(signal, 4096);
  await writePeaks(
    folder,
    'peaks',
    peaksOf(
      signal.map((sample) => sample / 2),
      960,
    ),
  );
  await writePeaks(folder, 'peaks', zooms);
  expect((await readdir(folder)).sort()).toEqual(['peaks-480.dat', 'peaks-4800.dat', 'peaks-48000.dat']);
  const file = await readFile(path.join(folder, 'peaks-4800.dat'));
  // doc/DataFormat.md: version, flags (bit 0: 8 bits), rate, samples per pixel, pixels, channels.
  expect([0, 4, 8, 12, 16, 20].map((at) => file.readUInt32LE(at))).toEqual([2, 1, RATE, 4800, 21, 1]);
  expect(file.length).toBe(24 + 2 * 21);
  expect([file.readInt8(24), file.readInt8(25)]).toEqual([...zooms[1]!.minMax.slice(0, 2)]);
  for (const zoom of zooms) expect(await readPeaks(folder, 'peaks', zoom.samplesPerPixel)).toEqual(zoom);
});
