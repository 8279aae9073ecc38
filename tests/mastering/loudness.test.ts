import { expect, test } from 'vitest';
import { createMeter } from '../../src/mastering/meter.ts';
import { linear } from '../../src/mastering/gains.ts';
import { gatedLoudness } from '../../src/mastering/loudness.ts';
import { truePeak, TRUE_PEAK_REACH } from '../../src/mastering/true-peak.ts';
import { dullNoise, faded, measureByFfmpeg, noise, pieces, RATE, sine } from './support/signals.ts';

function loudnessOf(signal: Float32Array, pieceSamples = 4096) {
  const meter = createMeter(signal.length, 1);
  for (const piece of pieces(signal, pieceSamples)) meter.add([piece]);
  return gatedLoudness(meter.energies);
}
/** Loud and soft passages with pauses, so that both gates have work. */
const passages = (): Float32Array => {
  const signal = new Float32Array(12 * RATE);
  const parts = [
    [0, 2, -20],
    [3, 5, -32],
    [6, 7, -55],
    [8, 11, -26],
  ] as const;
  for (const [from, to, db] of parts)
    signal.set(noise((to - from) * RATE, linear(db), from + 1), from * RATE);
  return signal;
};

test('a full-scale tone of 997 Hz measures -3.01 LUFS (BS.1770-4, annex 1)', () => {
  expect(loudnessOf(sine(4 * RATE, 997, 1))?.lufs).toBeCloseTo(-3.01, 1);
});

test.each([
  ['50 Hz', () => sine(4 * RATE, 50, 0.3)],
  ['1 kHz', () => sine(4 * RATE, 1000, 0.05)],
  ['8 kHz', () => sine(4 * RATE, 8000, 0.2)],
  ['white noise', () => noise(4 * RATE, 0.1)],
  ['passages and pauses', passages],
])('our meter agrees with ffmpeg within its last decimal: %s', async (_, make) => {
  const signal = make();
  const { integratedLufs } = await measureByFfmpeg(signal);
  expect(Math.abs(loudnessOf(signal)!.lufs - integratedLufs)).toBeLessThan(0.1);
});

test('the size of the pieces does not change the measurement', () => {
  const signal = passages();
  const reference = loudnessOf(signal, signal.length)!.lufs;
  for (const size of [960, 4800, 7001]) expect(loudnessOf(signal, size)!.lufs).toBeCloseTo(reference, 6);
});

test('what is below the gate has no loudness', () => {
  expect(loudnessOf(new Float32Array(RATE))).toBeNull();
  expect(loudnessOf(noise(RATE, linear(-90)))).toBeNull();
  expect(loudnessOf(new Float32Array(10))).toBeNull();
});

test.each([
  ['a tone whose peaks lie between the samples', () => faded(sine(RATE, RATE / 4, 0.9, Math.PI / 4))],
  ['noise like a voice', () => faded(dullNoise(RATE, 0.9))],
])('true peaks agree with ffmpeg: %s', async (_, make) => {
  const signal = make();
  const padded = new Float32Array(signal.length + 2 * TRUE_PEAK_REACH);
  padded.set(signal, TRUE_PEAK_REACH);
  const ours = 20 * Math.log10(truePeak(padded, TRUE_PEAK_REACH, TRUE_PEAK_REACH + signal.length, 0));
  const { truePeakDbtp } = await measureByFfmpeg(signal);
  expect(Math.abs(ours - truePeakDbtp)).toBeLessThan(0.15);
});
