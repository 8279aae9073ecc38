import { expect, test } from 'vitest';
import { unwrap } from '../../../recorder/timeline/unwrap.ts';

test.each([
  ['next', 5, 6, 16, 6],
  ['over the wrap', 65_535, 0, 16, 65_536],
  ['over the wrap, a few lost', 65_530, 3, 16, 65_539],
  ['late, from before the wrap', 65_537, 65_534, 16, 65_534],
  ['many turns later', 65_536 * 40 + 7, 9, 16, 65_536 * 40 + 9],
  ['late at the very beginning', 1, 65_535, 16, -1],
  ['a timestamp over the wrap', 2 ** 32 - 100, 860, 32, 2 ** 32 + 860],
  ['twelve hours of silence in one step', 0, 12 * 3600 * 48_000, 32, 12 * 3600 * 48_000],
] as const)('%s', (_, near, value, bits, whole) => {
  expect(unwrap(near, value, bits)).toBe(whole);
});
