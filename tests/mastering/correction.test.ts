import { expect, test } from 'vitest';
import { correct, MAX_ENCODINGS, type Target } from '../../src/mastering/correction.ts';

const target: Target = { lufs: -19, toleranceLu: 0.25, truePeakDbtp: -1 };
const level = { ceilingDbtp: -3, trimDb: 0.5 };
const measured = (integratedLufs: number, truePeakDbtp: number) => ({
  integratedLufs,
  truePeakDbtp,
  rangeLu: 3,
});

test.each([
  ['right', measured(-19.2, -1), target, 1, null],
  ['too soft', measured(-19.4, -2), target, 1, { ceilingDbtp: -3, trimDb: 0.9 }],
  ['too loud', measured(-18.5, -2), target, 1, { ceilingDbtp: -3, trimDb: 0 }],
  ['a peak lowers the ceiling', measured(-19, -0.5), target, 1, { ceilingDbtp: -4, trimDb: 0.5 }],
  ['both', measured(-19.4, -0.5), target, 2, { ceilingDbtp: -4, trimDb: 0.9 }],
  [
    'a peak at the last try lowers the whole',
    measured(-19, -0.5),
    target,
    MAX_ENCODINGS - 1,
    { ceilingDbtp: -3, trimDb: -0.1 },
  ],
  ['no loudness target', measured(-30, -2), { ...target, lufs: null }, 1, null],
  [
    'no loudness target, but a peak',
    measured(-30, 0),
    { ...target, lufs: null },
    1,
    { ceilingDbtp: -3, trimDb: -0.6 },
  ],
])('%s', (_, figures, wanted, encodings, expected) => {
  const next = correct(level, figures, wanted, encodings);
  if (expected === null) expect(next).toBeNull();
  else {
    expect(next?.ceilingDbtp).toBeCloseTo(expected.ceilingDbtp, 6);
    expect(next?.trimDb).toBeCloseTo(expected.trimDb, 6);
  }
});
