import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { chunkLengthUs, pieceAt, sessionUsAt, speechUnder } from '../../src/transcript/chunk-clock.ts';
import { cutAt, cutWindows, LONGEST_CHUNK_US, planChunks, TURNS } from '../../src/transcript/chunks.ts';
import type { Interval } from '../../src/transcript/model.ts';
import { quietestSample } from '../../src/transcript/quietest.ts';
import { speechIn } from '../../src/transcript/speech.ts';
import { pieces, us } from './support/pieces.ts';

const stretch = (start: number, end: number): Interval => ({ startUs: us(start), endUs: us(end) });
const length = (chunk: readonly Interval[]) =>
  chunk.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);

const packets = (opus: Uint8Array, ...startsMs: number[]) =>
  Readable.from(startsMs.map((startMs) => ({ startUs: startMs * 1000, durationUs: 20_000, opus })));

test('a lost packet is no pause, a breath is; silence that was sent is silence', async () => {
  const sound = Uint8Array.of(0xf8, 1, 2, 3);
  const spoken = await speechIn(packets(sound, 0, 20, 60, 80, 500, 520));
  expect(spoken).toEqual([stretch(0, 0.1), stretch(0.5, 0.54)]);
  expect(await speechIn(packets(Uint8Array.of(0xf8, 0xff, 0xfe), 0, 20, 40))).toEqual([]);
});

test('short stretches go together up to nine minutes, pauses counted as they are sent', () => {
  const hour = Array.from({ length: 360 }, (_, index) => stretch(index * 10, index * 10 + 4));
  const chunks = planChunks(hour);
  expect(chunks.flat()).toEqual(hour);
  for (const chunk of chunks)
    expect(length(chunk) + (chunk.length - 1) * 600_000).toBeLessThanOrEqual(LONGEST_CHUNK_US);
  // 4 s and 0.6 s: 117 of them are 538.2 s with one joint less.
  expect(chunks.map((chunk) => chunk.length)).toEqual([117, 117, 117, 9]);
});

test('for endpoints without times a chunk is what is said in one breath', () => {
  const talk = [stretch(0, 4), stretch(5, 9), stretch(14, 30), stretch(31, 50), stretch(50.5, 90)];
  expect(planChunks(talk, TURNS)).toEqual([[talk[0], talk[1]], [talk[2]], [talk[3]], [talk[4]]]);
});

test('what is too short for a word is not sent', () => {
  expect(planChunks([stretch(1, 1.1)])).toEqual([]);
  expect(planChunks([stretch(1, 1.1), stretch(2, 2.1)])).toHaveLength(1);
});

test.each([1, 540, 540.1, 570, 1049, 1051, 10_800])(
  '%s s without a pause: no part is longer than 9 min',
  (seconds) => {
    const whole = stretch(7, 7 + seconds);
    const windows = cutWindows(whole);
    for (const side of ['startUs', 'endUs'] as const) {
      const parts = cutAt(
        [whole],
        windows.map((window) => window[side]),
      );
      expect(parts).toHaveLength(windows.length + 1);
      expect(length(parts)).toBe(length([whole]));
      for (const part of parts) expect(length([part])).toBeLessThanOrEqual(LONGEST_CHUNK_US);
    }
    expect(windows.length).toBe(seconds <= 540 ? 0 : Math.ceil((seconds - 540) / 510));
  },
);

test('the quietest moment is found to the middle of its pause, within the bounds', () => {
  const noisy = Int16Array.from({ length: 48_000 }, (_, at) => (at % 7) * 900 - 2700);
  const hush = (from: number, to: number) => noisy.map((value, at) => (at >= from && at < to ? 3 : value));
  expect(Math.abs(quietestSample(hush(20_000, 24_800), 16_000) - 22_400)).toBeLessThan(8);
  const outside = quietestSample(hush(0, 4800), 16_000, 10_000, 40_000);
  expect(outside).toBeGreaterThanOrEqual(12_400);
  expect(quietestSample(new Int16Array(10), 16_000)).toBe(5);
});

test('times of the chunk go back to the session piece by piece', () => {
  const map = pieces([100, 104, 0], [160, 162, 4.6]);
  const back = (seconds: number) => sessionUsAt(map[pieceAt(map, us(seconds))]!, us(seconds)) / 1e6;
  expect([0, 2, 4.6, 6].map(back)).toEqual([100, 102, 160, 161.4]);
  // Between two pieces, the nearer end; beyond the last, its end.
  expect([4.2, 4.4, 99].map(back)).toEqual([104, 160, 162]);
  expect(chunkLengthUs(map)).toBe(us(6.6));
  expect(speechUnder(map, stretch(3.5, 5))).toBe(us(0.9));
  expect(speechUnder(map, stretch(4.05, 4.5))).toBe(0);
});
