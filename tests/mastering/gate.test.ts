import { expect, test } from 'vitest';
import { addUnder, envelopeOf } from '../../src/mastering/envelope.ts';
import { linear } from '../../src/mastering/gains.ts';
import { gateOf } from '../../src/mastering/gate.ts';
import { RATE } from './support/signals.ts';

const settings = { depthDb: 20, lookAheadMs: 100, holdMs: 300, attackMs: 40, releaseMs: 200 };
/** A word from 1 s to 2 s of 4 s. */
const word = () => Uint8Array.from({ length: 200 }, (_, frame) => (frame >= 50 && frame < 100 ? 1 : 0));

test('the gate is open before a word begins and until it has faded, closed elsewhere', () => {
  const open = gateOf(word(), settings);
  expect(open).toHaveLength(201);
  expect([...open.subarray(45, 116)].every((each) => each === 255)).toBe(true);
  // Two frames up, ten frames down.
  expect(open[42]).toBe(0);
  expect(open[44]).toBeGreaterThan(100);
  expect(open[120]).toBeLessThan(200);
  expect(open[127]).toBe(0);
});

test('a pause shorter than the hold leaves it open', () => {
  const own = word();
  own.fill(0, 60, 74);
  expect([...gateOf(own, settings).subarray(50, 100)].every((each) => each === 255)).toBe(true);
});

test.each([
  ['all speech', 1, 255],
  ['no speech', 0, 0],
])('%s', (_, own, openness) => {
  expect([...gateOf(new Uint8Array(50).fill(own), settings)]).toEqual(new Array<number>(51).fill(openness));
});

test('the envelope joins gain, drift and gate smoothly, whatever the size of the windows', () => {
  const level = { measured: null, gainDb: 6, follow: Float32Array.of(0, 2, 4, 4, 4) };
  const envelope = envelopeOf(level, gateOf(word(), settings), settings.depthDb);
  expect(envelope(0)).toBeCloseTo(linear(-14), 5);
  expect(envelope(75)).toBeCloseTo(linear(9), 5);
  const ones = new Float32Array(4 * RATE).fill(1);
  const under = (size: number) => {
    const heard = new Float32Array(ones.length);
    for (let at = 0; at < ones.length; at += size)
      addUnder(envelope, ones.subarray(at, at + size), at, heard.subarray(at, at + size));
    return heard;
  };
  const reference = under(ones.length);
  for (const size of [480, 960, 4801]) expect(under(size)).toEqual(reference);
  let steepest = 0;
  for (let at = 1; at < reference.length; at += 1)
    steepest = Math.max(steepest, Math.abs(reference[at]! - reference[at - 1]!));
  // 40 ms from closed to open.
  expect(steepest).toBeLessThan(linear(9) / (0.038 * RATE));
});
