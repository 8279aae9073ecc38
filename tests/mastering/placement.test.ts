import { expect, test } from 'vitest';
import { createRunBuilder } from '../../src/mastering/placement.ts';

const PACKET = 960;
/** Runs of 20 ms packets that begin at these moments. */
function runsOf(startsUs: readonly number[]) {
  const builder = createRunBuilder();
  for (const [index, startUs] of startsUs.entries())
    builder.add({ startUs, samples: PACKET, from: index * PACKET });
  return builder.finish();
}
const every20ms = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n * 20_000);

test('packets without a pause are one stretch, 312 samples before their place', () => {
  expect(runsOf(every20ms(1_000_000, 50))).toEqual([
    {
      at: 48_000 - 312,
      end: 48_000 - 312 + 50 * PACKET,
      stretches: [{ at: 48_000 - 312, span: 50 * PACKET, from: 0, length: 50 * PACKET }],
    },
  ]);
});

test.each([
  ['a lost packet', 20_000],
  ['a pause', 3_000_000],
  ['a step of half a millisecond', 500],
])('%s begins a new run at its own place', (_, pauseUs) => {
  const runs = runsOf([...every20ms(0, 3), ...every20ms(60_000 + pauseUs, 2)]);
  expect(runs.map(({ at, end }) => [at, end])).toEqual([
    [-312, -312 + 3 * PACKET],
    [
      -312 + Math.round((60_000 + pauseUs) * 0.048),
      -312 + Math.round((60_000 + pauseUs) * 0.048) + 2 * PACKET,
    ],
  ]);
});

test.each([100, -100])(
  'a sound card %i ppm off stays within a sample of the index, with nothing open or doubled',
  (ppm) => {
    const starts = Array.from({ length: 3000 }, (_, n) => 500_000 + n * 20_000 * (1 + ppm / 1e6));
    const runs = runsOf(starts);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    let at = run!.at;
    let from = 0;
    for (const stretch of run!.stretches) {
      expect(stretch.at).toBe(at);
      expect(stretch.from).toBe(from);
      expect(Math.abs(stretch.span - stretch.length)).toBeLessThanOrEqual(1);
      const packet = Math.round(from / PACKET);
      expect(Math.abs(at + 312 - starts[packet]! * 0.048)).toBeLessThanOrEqual(1);
      at += stretch.span;
      from += stretch.length;
    }
    expect(from).toBe(3000 * PACKET);
    expect(run!.end).toBe(at);
  },
);

test('no packets, no runs', () => expect(runsOf([])).toEqual([]));
