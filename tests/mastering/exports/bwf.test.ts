import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { broadcastWaveHeader, dataBytes } from '../../../src/mastering/exports/bwf.ts';
import { originOf } from '../../../src/mastering/exports/origin.ts';
import type { SampleSource } from '../../../src/mastering/exports/sample-source.ts';
import { together, writeWav } from '../../../src/mastering/exports/sound-file.ts';
import { ffmpegForTest, noise, temporaryFolder } from '../support/signals.ts';

const origin = { date: '2026-11-22', time: '19:00:00', samplesFromMidnight: 19 * 3600 * 48_000 };
const wave = { origin, description: 'Zoë, 🎙️', originatorReference: 'abc' };

test.each([
  ['in summer', '2026-07-01T17:30:15.5Z', 0, 'Europe/Brussels', '2026-07-01', '19:30:15', 19 * 3600 + 1815.5],
  ['a part', '2026-11-22T18:00:00Z', 3_661_000_000, 'UTC', '2026-11-22', '19:01:01', 19 * 3600 + 61],
  ['past midnight', '2026-11-22T22:30:00Z', 3_600_000_000, 'Europe/Brussels', '2026-11-23', '00:30:00', 1800],
  // An hour was skipped before: the wall shows 04:00 three hours after midnight.
  ['the day clocks change', '2026-03-29T02:00:00Z', 0, 'Europe/Brussels', '2026-03-29', '04:00:00', 4 * 3600],
])('%s: the clock on the wall', (_, start, fromUs, zone, date, time, seconds) => {
  expect(originOf(Date.parse(start), fromUs, zone)).toEqual({
    ...{ date, time },
    samplesFromMidnight: seconds * 48_000,
  });
});

test('a header counts every byte, and is RF64 exactly where 32 bits do not reach', () => {
  const plain = broadcastWaveHeader({ ...wave, channels: 1, samples: 5 });
  expect(plain.toString('latin1', 0, 4)).toBe('RIFF');
  expect(plain.readUInt32LE(4)).toBe(plain.length - 8 + 15 + 1);
  expect(plain.readUInt32LE(plain.length - 4)).toBe(15);
  expect(plain.toString('latin1', 20, 25)).toBe('Zoe, ');

  const room = 2 ** 32 - 1 - (plain.length - 8);
  const last = Math.floor((room - 1) / 3);
  const kind = (samples: number) =>
    broadcastWaveHeader({ ...wave, channels: 1, samples }).toString('latin1', 0, 4);
  expect([kind(last), kind(last + 1)]).toEqual(['RIFF', 'RF64']);
  const large = broadcastWaveHeader({ ...wave, channels: 2, samples: 2 ** 31 });
  expect(large.readUInt32LE(4)).toBe(0xffff_ffff);
  expect(large.readBigUInt64LE(20)).toBe(
    BigInt(large.length - 8 + dataBytes({ channels: 2, samples: 2 ** 31 })),
  );
  expect(large.readBigUInt64LE(28)).toBe(BigInt(2 ** 31 * 6));
  expect(large.readBigUInt64LE(36)).toBe(BigInt(2 ** 31));
});

/** A sound of `signal` from `at` on. */
const soundAt = (at: number, signal: Float32Array): SampleSource => ({
  regions: [[at, at + signal.length]],
  addTo(target, start, gain) {
    for (let index = 0; index < target.length; index += 1)
      target[index]! += gain * (signal[start + index - at] ?? 0);
  },
});

test('twelve hours: ffprobe finds all of them, and the sound at the end, in a file of holes', async () => {
  const file = path.join(await temporaryFolder(), 'long.wav');
  const samples = 12 * 3600 * 48_000 + 1;
  const at = samples - 100_000;
  const signal = noise(99_999, 0.5);
  await writeWav(file, { ...wave, samples }, [soundAt(at, signal)], () => Promise.resolve());
  const { size, blocks } = await stat(file);
  expect(size).toBeGreaterThan(6.2e9);
  expect(blocks * 512).toBeLessThan(1e6);
  const { streams, format } = await ffmpegForTest().probe(file);
  expect(streams[0]).toMatchObject({ codec_name: 'pcm_s24le', channels: 1, duration_ts: samples });
  expect(format.tags).toMatchObject({ time_reference: String(origin.samplesFromMidnight) });
  const handle = await open(file);
  const bytes = Buffer.alloc(3);
  await handle.read(bytes, 0, 3, size - 1 - 300_000 + 3 * 1000);
  await handle.close();
  expect(bytes.readIntLE(0, 3)).toBe(Math.round(signal[1000]! * 2 ** 23));
});

test('two channels are interleaved, and what is too loud is cut at full scale', async () => {
  const file = path.join(await temporaryFolder(), 'two.wav');
  const left = soundAt(1, Float32Array.of(2, -2, 0.5));
  const right = soundAt(2, Float32Array.of(-0.25));
  await writeWav(file, { ...wave, samples: 6 }, [left, right], () => Promise.resolve());
  const { size } = await stat(file);
  const handle = await open(file);
  const bytes = Buffer.alloc(36);
  await handle.read(bytes, 0, 36, size - 36);
  await handle.close();
  const values = Array.from({ length: 12 }, (_, index) => bytes.readIntLE(index * 3, 3));
  expect(values).toEqual([0, 0, 8388607, 0, -8388608, -(2 ** 21), 2 ** 22, 0, 0, 0, 0, 0]);
  expect(
    together([
      [[5, 9]],
      [
        [0, 2],
        [8, 12],
        [12, 13],
      ],
    ]),
  ).toEqual([
    [0, 2],
    [5, 13],
  ]);
});
