import { expect, test } from 'vitest';
import { playableChapters, renderChapters } from '../../../publisher/feed/chapters.ts';

const at = (...seconds: number[]) =>
  seconds.map((second) => ({ startUs: second * 1e6, title: `at ${second}` }));
const starts = (list: { startUs: number }[]) => list.map(({ startUs }) => startUs / 1e6);

test.each([
  ['none', [], []],
  ['in order from the start', [0, 10, 20], [0, 10, 20]],
  ['out of order', [20, 0, 10], [0, 10, 20]],
  ['late first', [10, 20], [0, 10, 20]],
  ['first within a second', [0.4, 10], [0, 10]],
  ['closer than a second', [0, 10, 10.5, 11], [0, 10, 11]],
  ['outside the episode', [-5, 0, 59, 60, 70], [0, 59]],
])('%s', (_name, given, expected) => {
  expect(starts(playableChapters(at(...given), 60e6))).toEqual(expected);
});

test('names are cleaned, nameless ones are no chapters, the given list stays as it was', () => {
  const given = [
    { startUs: 0.5e6, title: ' Wel\u0007come\n' },
    { startUs: 9e6, title: '  ' },
  ];
  const before = structuredClone(given);
  expect(playableChapters(given, 60e6)).toEqual([{ startUs: 0, title: 'Welcome' }]);
  expect(given).toEqual(before);
});

test('the document is version 1.2 with seconds to the millisecond', () => {
  expect(JSON.parse(renderChapters([{ startUs: 1_234_567, title: '🎙️ "Hi"' }]))).toEqual({
    version: '1.2.0',
    chapters: [{ startTime: 1.235, title: '🎙️ "Hi"' }],
  });
});
