import { expect, test } from 'vitest';
import type { GapReason } from '../../../recorder/session/model.ts';
import { createOutages } from '../../../recorder/session/outages.ts';

test.each<[string, number, number, GapReason, GapReason]>([
  ['within the outage', 1_100_000, 1_900_000, 'loss', 'reconnect'],
  ['from just before to just after it', 980_000, 2_040_000, 'loss', 'reconnect'],
  ['mostly beside it', 1_900_000, 2_200_000, 'loss', 'loss'],
  ['far from it', 5_000_000, 5_020_000, 'loss', 'loss'],
  ['of another kind', 1_100_000, 1_900_000, 'undecryptable', 'undecryptable'],
])('a hole %s', (_, startUs, endUs, reason, expected) => {
  const outages = createOutages();
  outages.add({ startUs: 1_000_000, endUs: 2_000_000, reason: 'reconnect' });
  expect(outages.reasonFor({ startUs, endUs, reason })).toBe(expected);
});

test('old outages are forgotten', () => {
  const outages = createOutages();
  for (let at = 0; at < 100; at += 1) outages.add({ startUs: at, endUs: at + 1, reason: 'crash' });
  expect(outages.reasonFor({ startUs: 0, endUs: 1, reason: 'loss' })).toBe('loss');
});
