import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Run } from '../../src/mastering/placement.ts';
import { FADE_SAMPLES, openTrackAudio } from '../../src/mastering/track-audio.ts';
import { noise, RATE, sine, temporaryFolder, writeRaw } from './support/signals.ts';

async function audioOf(signal: Float32Array, runs: Run[]) {
  const rawPath = path.join(await temporaryFolder(), 'track.f32');
  await writeRaw(rawPath, signal);
  const audio = openTrackAudio(rawPath, runs);
  onTestFinished(() => audio.close());
  return audio;
}
const plainRun = (at: number, from: number, length: number): Run => ({
  at,
  end: at + length,
  stretches: [{ at, span: length, from, length }],
});

test('samples land where the run says, untouched between the fades', async () => {
  const signal = noise(4000, 0.5);
  const audio = await audioOf(signal, [plainRun(1234, 100, 3000)]);
  const heard = new Float32Array(6000);
  audio.addTo(heard, 0, 1);
  const inside = (start: number) => start + FADE_SAMPLES;
  expect(heard.slice(inside(1234), 4234 - FADE_SAMPLES)).toEqual(
    signal.slice(inside(100), 3100 - FADE_SAMPLES),
  );
  expect(Math.abs(heard[1234]!)).toBeLessThan(0.001);
  expect(Math.abs(heard[4233]!)).toBeLessThan(0.001);
  expect([...heard.slice(0, 1234), ...heard.slice(4234)].every((sample) => sample === 0)).toBe(true);
});

test('the size of the windows does not change a sample, with drift and with runs that overlap', async () => {
  const signal = noise(20_000, 0.5);
  const runs: Run[] = [
    plainRun(-300, 0, 2000),
    {
      at: 3000,
      end: 7921,
      stretches: [
        { at: 3000, span: 1920, from: 2000, length: 1920 },
        { at: 4920, span: 961, from: 3920, length: 960 },
        { at: 5881, span: 1920, from: 4880, length: 1920 },
        { at: 7801, span: 120, from: 6800, length: 121 },
      ],
    },
    plainRun(7000, 8000, 4000),
    plainRun(15_000, 18_000, 3000),
  ];
  const audio = await audioOf(signal, runs);
  const inWindows = (size: number) => {
    const whole = new Float32Array(16_000);
    for (let at = 0; at < whole.length; at += size) audio.addTo(whole.subarray(at, at + size), at, 0.7);
    return whole;
  };
  const reference = inWindows(16_000);
  expect(reference.some((sample) => sample !== 0)).toBe(true);
  for (const size of [1, 48, 960, 4800, 7777])
    expect(inWindows(size), `windows of ${size}`).toEqual(reference);
});

test('a stretched packet bends a tone without a click', async () => {
  const tone = sine(RATE, 440, 0.5);
  const stretches = Array.from({ length: 10 }, (_, n) => ({
    at: n * 961,
    span: 961,
    from: n * 960,
    length: 960,
  }));
  const audio = await audioOf(tone, [{ at: 0, end: 9610, stretches }]);
  const heard = new Float32Array(9610);
  audio.addTo(heard, 0, 1);
  const bends = (signal: Float32Array, from: number, to: number) => {
    let most = 0;
    for (let at = from; at < to; at += 1)
      most = Math.max(most, Math.abs(signal[at - 1]! - 2 * signal[at]! + signal[at + 1]!));
    return most;
  };
  const natural = bends(tone, 500, 9000);
  expect(bends(heard, 500, 9000)).toBeLessThan(natural * 1.1);
});

test('what is missing at the end of the file is silence', async () => {
  const audio = await audioOf(noise(1000, 0.5), [plainRun(0, 0, 2000)]);
  const heard = new Float32Array(2000);
  audio.addTo(heard, 0, 1);
  expect(heard.slice(300, 900).some((sample) => sample !== 0)).toBe(true);
  expect(heard.slice(1000).every((sample) => sample === 0)).toBe(true);
});
