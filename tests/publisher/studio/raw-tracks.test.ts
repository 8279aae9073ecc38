import { expect, test } from 'vitest';
import type { RawEntry } from '../../../publisher/studio/raw-archive.ts';
import { rawTrackEntries } from '../../../publisher/studio/raw-tracks.ts';
import type { RecordedSession, RecordedTrack } from '../../../recorder/session/reader.ts';
import { sessionName } from '../../../src/mastering/exports/file-names.ts';

const track = (number: number, displayName: string): RecordedTrack => ({
  number,
  userId: String(number),
  displayName,
  bot: false,
  opusPath: `/sessions/x/tracks/${number}.opus`,
  packets: 100 * number,
  lost: number - 1,
  spurts: [],
});

const session = (fields: Partial<RecordedSession> = {}): RecordedSession => ({
  folder: '/sessions/x',
  sessionId: 'x',
  guildId: '41',
  channelId: '42',
  startedByUserId: '43',
  title: 'The talk',
  startedAtMs: Date.parse('2026-11-22T23:30:00Z'),
  durationUs: 61_500_000,
  sealed: true,
  tracks: [track(1, 'Ada'), track(2, 'مقدمة'), track(12, '👩‍🚀/..\\')],
  markers: [{ atUs: 1_234_567, name: 'Wel\tcome\n', byUserId: '1' }],
  gaps: [],
  consent: [],
  soundEffects: [],
  erasedTracks: 0,
  ...fields,
});

const textOf = (entry: RawEntry | undefined) =>
  entry !== undefined && typeof entry.source !== 'string' ? Buffer.from(entry.source).toString() : '';

test.each([
  ['UTC', '2026-11-22 The Stage'],
  ['Europe/Brussels', '2026-11-23 The Stage'],
  ['America/New_York', '2026-11-22 The Stage'],
])('the day is the day in %s', (timeZone, name) => {
  expect(sessionName(session().startedAtMs, 'The Stage', timeZone)).toBe(name);
});

test('tracks carry day, show, number and person', async () => {
  const entries = await rawTrackEntries(session(), '2026-11-22 The Stage');
  expect(entries.map(({ name }) => name)).toEqual([
    '2026-11-22 The Stage - 00 Read me.txt',
    '2026-11-22 The Stage - 00 Markers.txt',
    '2026-11-22 The Stage - 01 Ada.opus',
    '2026-11-22 The Stage - 02 مقدمة.opus',
    '2026-11-22 The Stage - 12 👩‍🚀-..-.opus',
  ]);
  expect(entries[2]).toMatchObject({
    source: '/sessions/x/tracks/1.opus',
    modifiedAt: new Date('2026-11-22T23:30:00Z'),
  });
});

test('markers come as Audacity labels, and only where there are any', async () => {
  expect(textOf((await rawTrackEntries(session(), 'x'))[1])).toBe('1.234567\t1.234567\tWel come\r\n');
  expect((await rawTrackEntries(session({ markers: [] }), 'x')).map(({ name }) => name)).not.toContain(
    'x - 00 Markers.txt',
  );
});

test('the read-me says how the tracks fit together, and that a live session is one', async () => {
  const readMe = textOf((await rawTrackEntries(session({ sealed: false }), 'x'))[0]);
  expect(readMe).toContain('The talk\r\nRecorded 2026-11-22T23:30:00.000Z, 61.500 seconds so far');
  expect(readMe).toContain('x - 02 مقدمة.opus: 200 packets, 1 lost, within 1.3 ms');
  expect(readMe).not.toContain('WAV');
});

test('names stay within what file systems take, however long the words', async () => {
  const long = session({ tracks: [track(1, '👩‍🚀'.repeat(500))] });
  const base = sessionName(long.startedAtMs, 'ü'.repeat(100_000), 'UTC');
  for (const { name } of await rawTrackEntries(long, base)) expect(Buffer.byteLength(name)).toBeLessThan(240);
});
