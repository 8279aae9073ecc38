import { expect, test } from 'vitest';
import { linear } from '../../src/mastering/gains.ts';
import { createLimiter } from '../../src/mastering/limiter.ts';
import { dullNoise, faded, joined, measureByFfmpeg, noise, pieces, RATE, sine } from './support/signals.ts';

const settings = { channels: 1, ceiling: linear(-3), lookAheadMs: 5, releaseMs: 80 };

function limited(signal: Float32Array, pieceSamples = 4800) {
  const limiter = createLimiter(settings);
  const parts = [...pieces(signal, pieceSamples)].map((piece) => limiter.process([piece])[0]!);
  const output = joined([...parts, limiter.flush()[0]!]);
  return { output, ...limiter.summary() };
}
/** Soft noise with sudden loud bursts. */
const bursts = (): Float32Array => {
  const signal = dullNoise(2 * RATE + 17, 0.1);
  for (const at of [0, 10_000, 10_100, 50_000, 96_000])
    signal.set(dullNoise(500, 5, at + 1).subarray(0, Math.min(500, signal.length - at)), at);
  return signal;
};

test.each([
  ['bursts', bursts],
  ['a tone that peaks between samples', () => faded(sine(RATE, RATE / 4, 0.95, Math.PI / 4))],
  ['a tone far above the ceiling', () => sine(RATE, 300, 4)],
])('no true peak above the ceiling: %s', async (_, make) => {
  const { output } = limited(make());
  const { truePeakDbtp } = await measureByFfmpeg(output);
  expect(truePeakDbtp).toBeLessThanOrEqual(-2.9);
  expect(truePeakDbtp).toBeGreaterThan(-4.5);
});

test('what stays below the ceiling passes untouched, in place and in full length', () => {
  const signal = noise(RATE + 7, 0.3);
  const { output, share } = limited(signal);
  expect(output).toEqual(signal);
  expect(share).toBe(0);
});

test('a peak turns down its neighbourhood smoothly and lets go again', () => {
  const signal = sine(RATE, 200, 0.3);
  signal[24_000] = 1.4;
  const { output, maxReductionDb } = limited(signal);
  expect(maxReductionDb).toBeLessThan(-5);
  expect(output[24_000]).toBeLessThanOrEqual(settings.ceiling);
  const gains = Array.from(output, (sample, at) =>
    Math.abs(signal[at]!) > 0.1 ? sample / signal[at]! : NaN,
  );
  expect(gains[23_000]).toBeCloseTo(1, 5);
  expect(gains[47_900]).toBeGreaterThan(0.98);
  const steps = gains.flatMap((gain, at) =>
    at > 0 && !Number.isNaN(gain - gains[at - 1]!) ? [Math.abs(gain - gains[at - 1]!)] : [],
  );
  expect(Math.max(...steps)).toBeLessThan(0.005);
});

test.each([1, 48, 960, 4801, 200_000])('pieces of %i samples give the same output', (size) => {
  const signal = bursts().slice(0, 30_000);
  expect(limited(signal, size).output).toEqual(limited(signal, 4800).output);
});

test.each([0, 1, 47, 49])('a signal of %i samples keeps its length', (length) => {
  expect(limited(noise(length, 0.5)).output).toHaveLength(length);
});
