import { expect, test } from 'vitest';
import { windowKeeper } from '../../../src/mastering/edits/arrangement.ts';
import { addThrough } from '../../../src/mastering/edits/cutter.ts';
import { createTimeMap, markersIn, type TimeMap } from '../../../src/mastering/edits/time-map.ts';
import { BLOCK_SAMPLES } from '../../../src/mastering/loudness.ts';
import { sine, RATE } from '../support/signals.ts';

const SECOND = 1_000_000;
const range = (start: number, end: number) => ({ startUs: start * SECOND, endUs: end * SECOND });

test('without an edit every moment stays, to the last microsecond', () => {
  const map = createTimeMap({ sessionUs: 10_000_007 });
  expect(map.durationUs).toBe(10_000_007);
  for (const us of [0, 1, 4_999_999, 10_000_006]) expect(map.masterUs(us)).toBe(us);
});

test('what follows a cut moves up; what was cut out stands nowhere, and its markers at the join', () => {
  const map = createTimeMap({
    ...{ sessionUs: 60 * SECOND, trim: range(5, 50) },
    cuts: [range(20, 30), range(10, 12), range(25, 31)],
  });
  expect(map.pieces.map(({ from, at, length }) => [from / RATE, at / RATE, length / RATE])).toEqual([
    [5, 0, 5],
    [12, 5, 8],
    [31, 13, 19],
  ]);
  expect(map.durationUs).toBe(32 * SECOND);
  expect([4, 7, 11, 12, 40, 50].map((at) => map.masterUs(at * SECOND))).toEqual(
    [undefined, 2, undefined, 5, 22, undefined].map((at) => (at === undefined ? undefined : at * SECOND)),
  );
  expect([4, 11, 29, 55].map((at) => map.nearestMasterUs(at * SECOND) / SECOND)).toEqual([0, 5, 13, 32]);
});

test('a scrap between two cuts goes with them', () => {
  const map = createTimeMap({ sessionUs: 10 * SECOND, cuts: [range(2, 4), range(4.01, 6)] });
  expect(map.pieces).toHaveLength(2);
  expect(map.durationUs).toBe(6 * SECOND);
});

test('an edit that leaves nothing is refused, with what to do', () => {
  expect(() => createTimeMap({ sessionUs: 10 * SECOND, cuts: [range(0, 6), range(5, 20)] })).toThrow(
    /Keep a part/,
  );
});

function throughMap(map: TimeMap, session: Float32Array, pieceSamples: number): Float32Array {
  const master = new Float32Array(map.samples);
  for (let start = 0; start < master.length; start += pieceSamples)
    addThrough(
      map,
      session.length,
      (target, from) => {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(from + target.length).toBeLessThanOrEqual(session.length);
        for (let at = 0; at < target.length; at += 1) target[at]! += session[from + at]!;
      },
      master.subarray(start, start + pieceSamples),
      start,
    );
  return master;
}

test('a sample is in the master where the map says, whatever pieces it is read in', () => {
  const session = new Float32Array(4 * RATE);
  const impulses = [0.3, 0.9, 1.6, 2.2, 3.4].map((seconds) => Math.round(seconds * RATE));
  for (const at of impulses) session[at] = 1;
  const map = createTimeMap({
    ...{ sessionUs: 4 * SECOND, trim: range(0.2, 3.8) },
    cuts: [range(1, 1.5), range(2.5, 3)],
  });
  const whole = throughMap(map, session, map.samples);
  expect([...whole.entries()].flatMap(([at, sample]) => (sample > 0.9 ? [at] : []))).toEqual(
    impulses.map((at) => Math.round((map.masterUs((at * SECOND) / RATE)! * RATE) / SECOND)),
  );
  for (const size of [960, 4800, 7777]) expect(throughMap(map, session, size)).toEqual(whole);
});

/** How much faster than a wave of its own a signal bends anywhere. */
function sharpestBend(signal: Float32Array): number {
  let sharpest = 0;
  for (let at = 2; at < signal.length; at += 1)
    sharpest = Math.max(sharpest, Math.abs(signal[at]! - 2 * signal[at - 1]! + signal[at - 2]!));
  return sharpest;
}

test('no join, trimmed beginning or end clicks in a tone that goes on through it', () => {
  const tone = sine(3 * RATE, 333, 0.5);
  const map = createTimeMap({
    sessionUs: 3 * SECOND,
    trim: range(0.3337, 2.8881),
    cuts: [range(1.00013, 1.5), range(1.9, 1.9337), range(2.1, 2.1005)],
  });
  const master = throughMap(map, tone, 4800);
  // Pieces that end within a fade, too.
  expect(throughMap(map, tone, 101)).toEqual(master);
  const framed = new Float32Array(master.length + 20);
  framed.set(master, 10);
  expect(sharpestBend(framed)).toBeLessThan(1.6 * sharpestBend(tone));
  const apart = throughMap(createTimeMap({ sessionUs: 3 * SECOND }), tone, 4800);
  expect(apart).toEqual(tone);
});

/** Twelve hours from which a word is taken every four seconds. */
const shortened = () =>
  createTimeMap({
    sessionUs: 12 * 3600 * SECOND,
    cuts: Array.from({ length: 10_800 }, (_, cut) => ({
      startUs: (cut * 4 + 1) * SECOND,
      endUs: (cut * 4 + 1.5) * SECOND,
    })),
  });

test('which windows of the meter stay as they are is known for every one, and twelve hours of pauses take no seconds', () => {
  const timeMap = shortened();
  const windows = (12 * 3600 * RATE) / BLOCK_SAMPLES - 3;
  const startMs = performance.now();
  // The meter's gates go through all of them twice.
  const rounds = [0, 1].map(() => {
    const keeps = windowKeeper({ timeMap });
    return Uint8Array.from({ length: windows }, (_, block) => (keeps(block) ? 1 : 0));
  });
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(rounds[1]).toEqual(rounds[0]);
  // In blocks of 100 ms: 0 to 9 and 15 to 39 of every forty are kept, and a window is four of them long.
  for (const block of [0, 6, 15, 36, 38, 40, 46, 400_015]) expect(rounds[0]![block], `${block}`).toBe(1);
  for (const block of [7, 9, 10, 14, 47, 54, 400_014]) expect(rounds[0]![block], `${block}`).toBe(0);
  // Out of order it answers the same.
  const keeps = windowKeeper({ timeMap });
  expect([400_015, 7, 6, 400_014].map(keeps)).toEqual([true, false, true, false]);
});

test('moments of ten thousand pieces are found at once', () => {
  const { masterUs, nearestMasterUs, pieces } = shortened();
  expect(pieces).toHaveLength(10_801);
  const startMs = performance.now();
  const wrong: number[] = [];
  for (let us = 0; us < 12 * 3600 * SECOND; us += SECOND / 2) {
    const cutOut = us % (4 * SECOND) === SECOND;
    const there = us - (Math.floor((us / SECOND + 2.5) / 4) * SECOND) / 2;
    if (masterUs(us) !== (cutOut ? undefined : there) || nearestMasterUs(us) !== there) wrong.push(us);
  }
  expect(wrong).toEqual([]);
  expect(performance.now() - startMs).toBeLessThan(2_000);
});

test('a beginning that is trimmed by less than a crossfade is not read before the session began', () => {
  for (const [startUs, leadSamples] of [
    [2_000, 4 * RATE],
    [2_000, 0],
    [21, 100],
    [4_000, 4 * RATE],
  ] as const) {
    const sessionUs = 2 * SECOND;
    const map = createTimeMap({ sessionUs, trim: { startUs, endUs: sessionUs }, leadSamples });
    const master = new Float32Array(map.samples);
    const asked: number[] = [];
    const add = (target: Float32Array, from: number) => {
      asked.push(from);
      for (let at = 0; at < target.length; at += 1) target[at]! += from + at < 0 ? NaN : 1;
    };
    addThrough(map, 2 * RATE, add, master, 0);
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(0);
    expect(master.every((sample) => sample >= 0 && sample <= 1)).toBe(true);
    expect(master.at(-1)).toBe(1);
  }
});

test('what was marked in a cut stands at the join, before a trim where the talk begins, and behind it nowhere', () => {
  for (const [leadSamples, tailSamples] of [
    [0, 0],
    [3 * RATE, 4 * RATE],
  ] as const) {
    const map = createTimeMap({
      ...{ sessionUs: 60 * SECOND, trim: range(10, 40), cuts: [range(20, 25)], leadSamples, tailSamples },
    });
    const markers = [2, 12, 22, 30, 40, 55].map((at) => ({ atUs: at * SECOND, name: `at ${at}` }));
    const lead = leadSamples / RATE;
    expect(markersIn(map, markers)).toEqual(
      [
        [0, 2],
        [2, 12],
        [10, 22],
        [15, 30],
      ].map(([there, at]) => ({ atUs: (lead + there!) * SECOND, name: `at ${at!}` })),
    );
  }
});
