import { expect, test } from 'vitest';
import { alignmentOf, packetsKept } from '../../src/demo/checks.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const silence = bytes(0xf8, 0xff, 0xfe);

test('one constant offset between two clocks is no misplacement', () => {
  const placements = [0, 20_000, 900_000].map((truthUs) => ({
    speaker: 'a',
    truthUs,
    indexUs: truthUs + 7_777,
  }));
  expect(alignmentOf(placements)).toEqual({ worstUs: 0, offsetUs: 7_777, spurts: 3 });
});

test('a single spurt out of place is the worst', () => {
  const placements = [0, 1, 2, 3].map((at) => ({
    speaker: 'a',
    truthUs: at * 1e6,
    indexUs: at * 1e6 + (at === 2 ? 4_000 : 0),
  }));
  expect(alignmentOf(placements).worstUs).toBe(4_000);
});

test('no spurts at all is never well aligned', () => {
  expect(alignmentOf([]).worstUs).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  ['all of them', [bytes(1), bytes(2), bytes(3)], 3],
  ['one lost', [bytes(1), bytes(3)], 2],
  ['one altered', [bytes(1), bytes(9), bytes(3)], 2],
  ['silence between', [bytes(1), silence, silence, bytes(2), bytes(3)], 3],
  ['out of order', [bytes(2), bytes(1), bytes(3)], 2],
  ['none', [], 0],
])('packets kept: %s', (_, kept, count) => {
  expect(packetsKept([bytes(1), bytes(2), silence, bytes(3)], kept)).toEqual({ sent: 3, kept: count });
});
