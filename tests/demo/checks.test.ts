import { expect, test } from 'vitest';
import { alignmentOf, pairPackets, type TimedPacket } from '../../src/demo/checks.ts';

const packet = (byte: number, atUs = byte * 20_000): TimedPacket => ({ opus: Uint8Array.of(byte), atUs });
const silence: TimedPacket = { opus: Uint8Array.of(0xf8, 0xff, 0xfe), atUs: 0 };

test('one constant offset between two clocks is no misplacement', () => {
  const pairs = [0, 20_000, 900_000].map((sentUs) => ({ sentUs, keptUs: sentUs + 7_777 }));
  expect(alignmentOf(pairs)).toEqual({ worstUs: 0, packets: 3 });
});

test.each([4_000, -4_000])('a single packet %d µs out of place is the worst', (error) => {
  const pairs = [0, 1, 2, 3].map((at) => ({ sentUs: at * 1e6, keptUs: at * 1e6 + (at === 2 ? error : 0) }));
  expect(alignmentOf(pairs).worstUs).toBe(4_000);
});

test('nothing at all is never well aligned', () => {
  expect(alignmentOf([]).worstUs).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  ['all of them', [packet(1), packet(2), packet(3)], 3],
  ['one lost', [packet(1), packet(3)], 2],
  ['one altered', [packet(1), packet(9), packet(3)], 2],
  ['silence between', [packet(1), silence, silence, packet(2), packet(3)], 3],
  ['out of order', [packet(2), packet(1), packet(3)], 2],
  ['none', [], 0],
])('pairs packets: %s', (_, kept, count) => {
  const { wanted, pairs } = pairPackets([packet(1), packet(2), silence, packet(3)], kept);
  expect({ wanted, pairs: pairs.length }).toEqual({ wanted: 3, pairs: count });
});

test('a pair carries both places', () => {
  const { pairs } = pairPackets([packet(1, 100)], [packet(1, 250)]);
  expect(pairs).toEqual([{ sentUs: 100, keptUs: 250 }]);
});
