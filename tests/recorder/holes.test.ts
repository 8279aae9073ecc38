import { expect, test } from 'vitest';
import { createHoles, type Hole } from '../../recorder/holes.ts';
import type { GapReason } from '../../recorder/session/model.ts';

test.each<[string, ['begin' | 'end', GapReason, number][], Hole[]]>([
  [
    'one cause, said twice',
    [
      ['begin', 'reconnect', 10],
      ['begin', 'reconnect', 20],
      ['end', 'reconnect', 30],
    ],
    [{ startUs: 10, endUs: 30, reason: 'reconnect' }],
  ],
  ['none began', [['end', 'reconnect', 30]], []],
  [
    'no time passed',
    [
      ['begin', 'reconnect', 30],
      ['end', 'reconnect', 30],
    ],
    [],
  ],
  [
    'the second goes on after the first',
    [
      ['begin', 'reconnect', 10],
      ['begin', 'consent', 20],
      ['end', 'reconnect', 30],
      ['end', 'consent', 50],
    ],
    [
      { startUs: 10, endUs: 30, reason: 'reconnect' },
      { startUs: 30, endUs: 50, reason: 'consent' },
    ],
  ],
  [
    'the second lies within the first',
    [
      ['begin', 'consent', 10],
      ['begin', 'reconnect', 20],
      ['end', 'reconnect', 30],
      ['end', 'consent', 50],
    ],
    [{ startUs: 10, endUs: 50, reason: 'consent' }],
  ],
  [
    'both begin at once, and the second ends first',
    [
      ['begin', 'consent', 10],
      ['begin', 'reconnect', 10],
      ['end', 'reconnect', 30],
      ['end', 'consent', 50],
    ],
    [{ startUs: 10, endUs: 50, reason: 'consent' }],
  ],
  [
    'what is open at the end ends there',
    [
      ['begin', 'crash', 0],
      ['begin', 'consent', 10],
    ],
    [{ startUs: 0, endUs: 90, reason: 'crash' }],
  ],
])('%s: each moment is in one hole', (_, steps, expected) => {
  const holes = createHoles();
  const found = steps.map(([step, reason, atUs]) => {
    if (step === 'end') return holes.end(reason, atUs);
    holes.begin(reason, atUs);
    return undefined;
  });
  expect([...found.filter((hole) => hole !== undefined), ...holes.endAll(90)]).toEqual(expected);
});
