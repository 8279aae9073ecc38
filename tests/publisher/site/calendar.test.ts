import { expect, test } from 'vitest';
import { renderCalendar, stillToCome } from '../../../publisher/site/calendar.ts';
import { show } from '../shelf.ts';
import { sampleWebinars } from './support/sample-show.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 60 * 60 * 1000;
const PAGE = 'https://podcasts.example.org/shows/wednesday-stage/upcoming/';
const [first, second] = sampleWebinars(NOW_MS);

/** Content lines as RFC 5545 section 3.1 has them: folded lines put together again. */
const linesOf = (calendar: string) => calendar.replace(/\r\n[ \t]/g, '').split('\r\n');

test('each webinar is an event at its UTC instants, under an id that stays', () => {
  const lines = linesOf(renderCalendar(show, [first!], PAGE));
  for (const line of [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'X-WR-CALNAME:The Wednesday Stage',
    `UID:${first!.id}`,
    'DTSTAMP:20261119T120000Z',
    'DTSTART:20261125T183000Z',
    'DTEND:20261125T193000Z',
    'SUMMARY:The archive under the stage',
    'DESCRIPTION:Two archivists\\, one flood\\, and what was dry.',
    'URL;VALUE=URI:https://discord.com/events/41/910',
    'STATUS:CONFIRMED',
  ])
    expect(lines).toContain(line);
  expect(lines.filter((line) => line.startsWith('BEGIN:VEVENT'))).toHaveLength(1);
});

test('the same webinars make the same bytes', () => {
  expect(renderCalendar(show, [first!, second!], PAGE)).toBe(renderCalendar(show, [first!, second!], PAGE));
});

test('no text of a host begins a line of its own, however it is written', () => {
  const hostile =
    'x\r\nEND:VEVENT\nBEGIN:VALARM\rATTENDEE:mailto:a@b\u2028;,\\ \u0007\u202e' + '🎙️'.repeat(400);
  const calendar = renderCalendar(
    { title: hostile },
    [{ ...first!, title: hostile, description: hostile }],
    PAGE,
  );
  const names = linesOf(calendar).map((line) => /^[A-Z-]*/.exec(line)?.[0]);
  expect(names).not.toContain('ATTENDEE');
  expect(linesOf(calendar).filter((line) => /^(?:BEGIN|END):/.test(line))).toEqual([
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'END:VEVENT',
    'END:VCALENDAR',
  ]);
  for (const character of '\u0007\u202e') expect(calendar).not.toContain(character);
  // RFC 5545 section 3.1: no line is longer than 75 octets.
  for (const line of calendar.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});

test('what is over, cancelled, or was never started is not to come', () => {
  const at = (hours: number) => new Date(NOW_MS + hours * HOUR_MS);
  const webinars = [
    { ...first!, id: 'late', starts_at: at(5) },
    { ...first!, id: 'soon', starts_at: at(1) },
    { ...first!, id: 'late to start', starts_at: at(-0.5) },
    { ...first!, id: 'never started', starts_at: at(-2) },
    { ...first!, id: 'live', starts_at: at(-3), state: 'live' as const },
    { ...first!, id: 'ended', starts_at: at(-1), state: 'ended' as const },
    { ...first!, id: 'cancelled', starts_at: at(3), state: 'cancelled' as const },
  ];
  expect(stillToCome(webinars, NOW_MS).map(({ id }) => id)).toEqual([
    'live',
    'late to start',
    'soon',
    'late',
  ]);
});
