import { expect, test } from 'vitest';
import { arrange, levelsUnder, soloInMaster } from '../../../src/mastering/edits/arrangement.ts';
import { checkEdit, parseEdit } from '../../../src/mastering/edits/edit.ts';
import { applyCurve, curveAt, gainCurve } from '../../../src/mastering/edits/gain-curve.ts';
import { silencesToCut } from '../../../src/mastering/edits/silences.ts';
import { RATE } from '../support/signals.ts';

const SECOND = 1_000_000;
const range = (start: number, end: number) => ({ startUs: start * SECOND, endUs: end * SECOND });
/** Frames of 20 ms with a voice in these seconds. */
const voice = (seconds: number, ...spoken: [number, number][]) =>
  Uint8Array.from({ length: seconds * 50 }, (_, frame) =>
    spoken.some(([from, to]) => frame >= from * 50 && frame < to * 50) ? 1 : 0,
  );

test.each([
  [{ cuts: [range(3, 2)] }, /cuts\[0\]/],
  [{ mutes: [{ track: 0, ...range(1, 2) }] }, /track/],
  [{ gains: [{ track: 1, gainDb: 90 }] }, /gainDb/],
  [{ speed: 2 }, /speed/],
])('a faulty edit is refused, naming the fault: %j', (written, message) => {
  expect(() => parseEdit(written)).toThrow(expect.objectContaining({ code: 'bad-edit' }) as Error);
  expect(() => parseEdit(written)).toThrow(message);
});

test('an edit of another session is refused', () => {
  const session = { durationUs: 60 * SECOND, tracks: [{ number: 1 }, { number: 2 }] };
  expect(() => checkEdit(parseEdit({ gains: [{ track: 3, gainDb: 2 }] }), session)).toThrow(
    /track 3.*tracks 1, 2/,
  );
  expect(() => checkEdit(parseEdit({ cuts: [range(70, 80)] }), session)).toThrow(/ends at 60 s/);
});

test('mutes and gains act on their track and time alone, with ramps of 10 ms', () => {
  const edit = parseEdit({
    mutes: [{ track: 1, ...range(1, 2) }],
    gains: [
      { track: 1, gainDb: 6.0206 },
      { track: 2, gainDb: -6.0206, range: range(0.5, 1) },
    ],
  });
  expect(gainCurve(edit, 3)).toBeUndefined();
  const first = gainCurve(edit, 1)!;
  expect([0, 0.99, 1, 1.01, 1.99, 2.01, 9].map((at) => curveAt(first, at * RATE))).toEqual(
    [2, 2, 1, 0, 0, 2, 2].map((gain) => expect.closeTo(gain, 3) as number),
  );
  const second = new Float32Array(2 * RATE).fill(1);
  for (let at = 0; at < second.length; at += 7001)
    applyCurve(gainCurve(edit, 2)!, second.subarray(at, at + 7001), at);
  expect([0.1, 0.6, 0.9, 1.1].map((at) => second[Math.round(at * RATE)])).toEqual(
    [1, 0.5, 0.5, 1].map((gain) => expect.closeTo(gain, 3) as number),
  );
  for (let at = 1; at < second.length; at += 1)
    expect(Math.abs(second[at]! - second[at - 1]!)).toBeLessThan(0.0011);
});

test('pauses of everybody shrink to what was asked, around the words', () => {
  const cuts = silencesToCut(voice(30, [2, 5], [5.5, 10], [16, 18]), 1_200);
  expect(cuts.map(({ startUs, endUs }) => [startUs / SECOND, endUs / SECOND])).toEqual([
    [0, 1.4],
    [10.6, 15.4],
    [18.6, 30],
  ]);
  expect(silencesToCut(voice(30), 1_200)).toEqual([]);
});

test('a muted speaker does not keep a pause long, and levels follow the edit', () => {
  const edit = parseEdit({ mutes: [{ track: 2, ...range(9, 21) }], shortenSilencesToMs: 1_000 });
  const voices = [voice(30, [0, 8], [22, 30]), voice(30, [10, 20])];
  const arrangement = arrange({
    ...{ edit, durationUs: 30 * SECOND, tracks: [{ number: 1 }, { number: 2 }], voices },
    ...{ furniture: {}, overlapMs: 0 },
  });
  expect(arrangement.timeMap.durationUs).toBe(17 * SECOND);
  const levels = levelsUnder(
    voices[1]!.map((spoken) => spoken * 100),
    arrangement.curves[1],
  );
  expect(Math.max(...levels)).toBe(0);
});

test('where a speaker is alone moves with the cuts, without what a producer turned up', () => {
  const edit = parseEdit({ cuts: [range(5, 10)], gains: [{ track: 1, gainDb: 3, range: range(12, 14) }] });
  const arrangement = arrange({
    ...{ edit, durationUs: 20 * SECOND, tracks: [{ number: 1 }], voices: [voice(20)] },
    ...{ furniture: {}, overlapMs: 0 },
  });
  const solo = new Uint8Array(197).fill(0, 0, 40).fill(1, 40);
  const moved = soloInMaster(arrangement, solo, 0);
  expect(moved).toHaveLength(147);
  const alone = [...moved.entries()].flatMap(([window, counts]) => (counts === 1 ? [window] : []));
  // 4.0 to 5 s stay, 10 to 20 s begin at 5 s; what was turned up stands from 7 to 9 s. Windows are 400 ms long.
  expect(alone[0]).toBe(40);
  expect(moved[46]).toBe(1);
  expect(moved[47]).toBe(0);
  expect(moved[67]).toBe(0);
  expect(moved[91]).toBe(1);
});
