import { expect, test } from 'vitest';
import { parseClock, parseWhen } from '../../src/bot/when.ts';

const now = Temporal.Instant.from('2026-11-23T12:00:00Z');

test.each([
  ['2026-12-01 19:00', 'Europe/Brussels', '2026-12-01T18:00:00Z'],
  ['2026-12-01T19:00', 'America/New_York', '2026-12-02T00:00:00Z'],
  ['2026-07-01 9:05', 'Europe/Brussels', '2026-07-01T07:05:00Z'],
  ['  2026-12-01 19:00 ', 'UTC', '2026-12-01T19:00:00Z'],
  ['2026-12-01T19:00:00+05:30', 'UTC', '2026-12-01T13:30:00Z'],
  ['2026-12-01T19:00Z', 'Asia/Tokyo', '2026-12-01T19:00:00Z'],
  ['in 20 minutes', 'UTC', '2026-11-23T12:20:00Z'],
  ['in 1 minute', 'UTC', '2026-11-23T12:01:00Z'],
  ['IN 90 min', 'UTC', '2026-11-23T13:30:00Z'],
  ['in 2h', 'UTC', '2026-11-23T14:00:00Z'],
  ['in 1 day', 'UTC', '2026-11-24T12:00:00Z'],
  // 2027-03-28 02:30 does not exist in Brussels: the later of the two readings.
  ['2027-03-28 02:30', 'Europe/Brussels', '2027-03-28T01:30:00Z'],
  // 2027-10-31 02:30 is there twice: the first.
  ['2027-10-31 02:30', 'Europe/Brussels', '2027-10-31T00:30:00Z'],
  // 125 days on, beyond the change of clocks: the same time of day.
  ['in 126 days', 'Europe/Brussels', '2027-03-29T11:00:00Z'],
])('“%s” in %s is %s', (text, timeZone, expected) => {
  expect(parseWhen(text, timeZone, now)?.toString()).toBe(expected);
});

test.each([
  '',
  'soon',
  'in twenty minutes',
  'in minutes',
  '2026-02-30 10:00',
  '2026-12-01 25:00',
  '2026-12-01',
  '19:00',
  'in 99999 days',
])('“%s” is not understood', (text) => {
  expect(parseWhen(text, 'Europe/Brussels', now)).toBeUndefined();
});

test.each([
  ['90', 90],
  [' 1:30 ', 90],
  ['75:00', 4500],
  ['1:02:03.5', 3723.5],
  ['0', 0],
  ['', undefined],
  ['1:2:3:4', undefined],
  ['1h', undefined],
  ['-5', undefined],
])('“%s” into a recording is %s s', (text, seconds) => {
  expect(parseClock(text)).toBe(seconds === undefined ? undefined : seconds * 1e6);
});
