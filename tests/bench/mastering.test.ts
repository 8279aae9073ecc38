import { expect, test } from 'vitest';
import { clicks } from '../../bench/mastering/clicks.ts';
import type { Corpus } from '../../bench/mastering/corpus.ts';
import { exclusiveOf } from '../../bench/mastering/quality.ts';
import { schedule, widened, without, type Interval } from '../../bench/mastering/schedule.ts';
import { RATE, sine } from '../mastering/support/signals.ts';
import { seededRandom } from '../recorder/support/network.ts';

test.each<[Interval[], number, number, Interval[]]>([
  [[[10, 20]], 2, 3, [[8, 23]]],
  [
    [
      [10, 20],
      [24, 30],
    ],
    2,
    2,
    [[8, 32]],
  ],
])('%j widened by %i and %i is %j', (intervals, before, after, expected) => {
  expect(widened(intervals, before, after)).toEqual(expected);
});

test('what lies in no other interval is left', () => {
  expect(
    without(
      [[0, 100]],
      [
        [-5, 10],
        [40, 50],
        [90, 120],
      ],
    ),
  ).toEqual([
    [10, 40],
    [50, 90],
  ]);
});

test('a schedule is the same for the same seed, fits its session and gives everybody their turn', () => {
  const repertoire = { sentences: [2 * RATE, 3 * RATE], answers: [RATE / 2] };
  const make = () => schedule([repertoire, repertoire, repertoire], 120, seededRandom(3));
  const said = make();
  expect(make()).toEqual(said);
  const speakers = said.map((utterances, index) => ({
    ...{ name: '', userId: `${index}`, real: false, lufs: 0, drifts: false, lost: [] },
    speech: utterances.map(({ from, to }): Interval => [from, to]),
  }));
  for (const speaker of speakers) {
    expect(Math.max(...speaker.speech.flat())).toBeLessThan(120 * RATE);
    const alone = exclusiveOf(speakers, speaker);
    expect(alone.reduce((sum, [from, to]) => sum + to - from, 0)).toBeGreaterThan(15 * RATE);
  }
});

test('a step at the edge of a hole is a click, a smooth edge is none', () => {
  const tone = sine(RATE, 200, 0.3);
  const hole: Interval = [10_030, 10_990];
  const made: Corpus = {
    folder: '',
    seconds: 1,
    speakers: [
      { name: '', userId: '1', real: false, lufs: 0, drifts: false, speech: [[0, RATE]], lost: [hole] },
    ],
  };
  const cut = tone.map((sample, at) => (at >= hole[0] && at < hole[1] ? 0 : sample));
  expect(clicks(made, cut, tone)).toEqual({ clicks: 2, joins: 2 });
  const faded = tone.map((sample, at) => {
    const outside = Math.max(hole[0] - at, at - hole[1], 0);
    return sample * (outside > 240 ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * outside) / 240));
  });
  expect(clicks(made, faded, tone)).toEqual({ clicks: 0, joins: 2 });
});
