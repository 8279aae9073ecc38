import { expect, test } from 'vitest';
import { createTimeMap } from '../../../src/mastering/edits/time-map.ts';
import { addClips } from '../../../src/mastering/furniture/clips.ts';
import { duckingOf } from '../../../src/mastering/furniture/ducking.ts';
import { fadeGain } from '../../../src/mastering/furniture/fade.ts';
import { layoutOf, type Clip } from '../../../src/mastering/furniture/layout.ts';
import { linear } from '../../../src/mastering/gains.ts';
import { RATE } from '../support/signals.ts';

const SECOND = 1_000_000;
const overlapMs = 2000;
const seconds = ({ kind, at, length, fadeInSamples, fadeOutSamples }: Clip) => [
  kind,
  ...[at, length, fadeInSamples, fadeOutSamples].map((samples) => samples / RATE),
];

test('intro before, outro after, each reaching into the talk; the bed under it, repeated', () => {
  const lengths = { intro: 10 * RATE, outro: 8 * RATE, bed: 20 * RATE };
  const { leadSamples, tailSamples, clips } = layoutOf(lengths, 50 * RATE, { overlapMs });
  expect([leadSamples / RATE, tailSamples / RATE]).toEqual([8, 6]);
  expect(clips.map(seconds)).toEqual([
    ['intro', 0, 10, 0.005, 2],
    ['bed', 8, 20, 2, 2],
    ['bed', 26, 20, 2, 2],
    ['bed', 44, 14, 2, 2],
    ['outro', 56, 8, 2, 0.005],
  ]);
});

test('without a sound nothing moves; a short talk shortens the overlap', () => {
  expect(layoutOf({}, RATE, { overlapMs })).toEqual({ leadSamples: 0, tailSamples: 0, clips: [] });
  const { leadSamples, clips } = layoutOf({ intro: 10 * RATE }, RATE, { overlapMs });
  expect(leadSamples / RATE).toBe(9.5);
  expect(clips.map(seconds)).toEqual([['intro', 0, 10, 0.005, 0.5]]);
});

test('a bed ends with the talk, whatever is left of it', () => {
  for (let talk = 1; talk < 60; talk += 0.7) {
    const { clips } = layoutOf({ bed: 6 * RATE }, Math.round(talk * RATE), { overlapMs });
    const last = clips.at(-1)!;
    expect(Math.abs(last.at + last.length - talk * RATE)).toBeLessThanOrEqual(last.fadeInSamples + 1);
    for (const { fadeInSamples, fadeOutSamples, length } of clips)
      expect(fadeInSamples + fadeOutSamples).toBeLessThanOrEqual(length + 1);
  }
});

test('where two clips meet their powers add up to one', () => {
  const clip: Clip = { kind: 'bed', at: 0, length: 1000, fadeInSamples: 400, fadeOutSamples: 400 };
  for (let at = 0; at < 400; at += 13)
    expect(fadeGain(clip, at) ** 2 + fadeGain(clip, 600 + at) ** 2).toBeCloseTo(1, 9);
  expect(fadeGain(clip, 500)).toBe(1);
});

const settings = { depthDb: 12, lookAheadMs: 200, holdMs: 400, attackMs: 200, releaseMs: 1000 };

test('sounds are down before somebody speaks, and come back after; both by the master clock', () => {
  const speaking = new Uint8Array(1000);
  speaking.fill(1, 500, 600);
  // The first four seconds are cut out, two of an intro stand before: 10 s of the session are 8 s of the master.
  const timeMap = createTimeMap({
    sessionUs: 20 * SECOND,
    cuts: [{ startUs: 0, endUs: 4 * SECOND }],
    leadSamples: 2 * RATE,
  });
  const ducking = duckingOf(speaking, timeMap, settings);
  const at = (moment: number) => ducking(Math.round(moment * 50));
  expect(at(7.5)).toBe(1);
  expect(at(7.8)).toBeCloseTo(linear(-12), 3);
  expect(at(10.3)).toBeCloseTo(linear(-12), 3);
  expect(at(10.9)).toBeGreaterThan(linear(-9));
  expect(at(11.6)).toBe(1);
});

test('a clip of one channel fills two, one of two keeps them apart; pieces of any size are the same', () => {
  const clip: Clip = { kind: 'intro', at: 100, length: 4000, fadeInSamples: 240, fadeOutSamples: 1000 };
  const read = (planes: readonly Float32Array[], from: number) => {
    for (const [channel, plane] of planes.entries())
      for (let at = 0; at < plane.length; at += 1) plane[at] = Math.sin((from + at) / 20) * (channel + 1);
  };
  const add = (channels: 1 | 2, pieceSamples: number) => {
    const planes = [new Float32Array(5000), new Float32Array(5000)];
    const placed = { clip, sound: { channels, read }, gain: 0.5, ducking: (frame: number) => 1 - frame / 10 };
    for (let at = 0; at < 5000; at += pieceSamples)
      addClips(
        [placed],
        planes.map((plane) => plane.subarray(at, at + pieceSamples)),
        at,
      );
    return planes as [Float32Array, Float32Array];
  };
  const [left, right] = add(1, 5000);
  expect(right).toEqual(left);
  expect(add(1, 777)).toEqual([left, right]);
  const [one, two] = add(2, 1000);
  expect(one).toEqual(left);
  expect(two.map((sample) => sample / 2)).toEqual(left);
});
