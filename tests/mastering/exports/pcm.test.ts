import { expect, test } from 'vitest';
import { neededBytes } from '../../../src/mastering/exports/room.ts';
import { pack24, quantize, shiftTo32 } from '../../../src/mastering/exports/pcm.ts';
import { regionsOf } from '../../../src/mastering/exports/sample-source.ts';
import type { Run } from '../../../src/mastering/placement.ts';
import { SPARE_BYTES, spaceFault } from '../../../src/mastering/scratch-space.ts';
import { noise } from '../support/signals.ts';

test('samples become the nearest integers, and their bytes those of any other writer', () => {
  const signal = noise(4000, 1.2);
  signal.set([1, -1, 0, 2 ** -24, -(2 ** -24), 1.5 / 2 ** 23, Infinity, -Infinity]);
  const values = new Int32Array(signal.length);
  quantize(signal, signal.length, values, { channel: 0, channels: 1 });
  const expected = [...signal].map((sample) =>
    Math.max(-(2 ** 23), Math.min(2 ** 23 - 1, Math.round(sample * 2 ** 23))),
  );
  expect([...values]).toEqual(expected.map((value) => value + 0));
  const packed = new Int32Array(3000);
  pack24(values, 4000, packed);
  const bytes = Buffer.from(packed.buffer);
  expect(Array.from({ length: 4000 }, (_, at) => bytes.readIntLE(at * 3, 3))).toEqual([...values]);
  const shifted = values.slice();
  shiftTo32(shifted, 4000);
  expect([...shifted]).toEqual([...values].map((value) => value * 256));
});

const run = (at: number, end: number): Run => ({ at, end, stretches: [] });

test('where a track sounds in a part of the session; short silences are not worth a hole', () => {
  const runs = [run(-312, 5000), run(10_000, 60_000), run(100_000, 101_000), run(900_000, 950_000)];
  expect(regionsOf(runs, 0, 920_000)).toEqual([
    [0, 60_000],
    [100_000, 101_000],
    [900_000, 920_000],
  ]);
  expect(regionsOf(runs, 100_500, 200_000)).toEqual([[0, 500]]);
  expect(regionsOf(runs, 200_000, 300_000)).toEqual([]);
});

test('forty people who are mostly silent for twelve hours fit where forty who talk do not', () => {
  const track = (minutes: number) => ({
    spurts: [{ startUs: 60e6, endUs: 60e6 + minutes * 60e6, packets: 1, byteOffset: 0 }],
  });
  const part = { fromUs: 0, toUs: 12 * 3600e6, width: 2 };
  const silent = Array.from({ length: 40 }, () => track(5));
  expect(neededBytes('wav', silent, part)).toBeLessThan(3e9);
  expect(neededBytes('opus', silent, part)).toBeLessThan(1.5e9);
  const talking = Array.from({ length: 40 }, () => track(719));
  expect(neededBytes('wav', talking, part)).toBeGreaterThan(40 * 719 * 60 * 144_000);
  // Of a part, only what is in it.
  expect(neededBytes('flac', talking, { ...part, toUs: 61e6 })).toBeLessThan(100e6);
});

test('room is asked for with something to spare, and what lacks is said in figures', () => {
  expect(spaceFault(1e9, 1e9 + SPARE_BYTES)).toBeUndefined();
  expect(spaceFault(1e9, 0.5e9)).toBe(
    'This needs up to 1000 MB on the disk of the data folder and 269 MB to spare, and 500 MB are free: 769 MB are missing. Make room there and try again.',
  );
});
