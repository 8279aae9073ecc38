import { expect, test } from 'vitest';
import { readPreset } from '../../src/mastering/preset.ts';
import { renderBytes } from '../../src/mastering/render-room.ts';

const HOUR_US = 3_600_000_000;
const GB = 1e9;

/** So many tracks that each sound for so long. */
const sessionOf = (durationUs: number, tracks: number, soundingUs: number) => ({
  durationUs,
  tracks: Array.from({ length: tracks }, () => ({ spurts: [{ startUs: 0, endUs: soundingUs }] })),
});
const room = async (
  session: ReturnType<typeof sessionOf>,
  {
    preset = 'speech',
    request = {},
  }: { preset?: string; request?: Parameters<typeof renderBytes>[0]['request'] } = {},
) => renderBytes({ session, preset: await readPreset(preset), request });

test('what is said counts twice, what is silent only in the masters', async () => {
  const silent = await room(sessionOf(HOUR_US, 10, 0));
  // One for each of two renditions, and there are never more (masters.test.ts).
  const masters = 2 * 3600 * 48_000 * 4;
  expect(silent).toBeGreaterThan(masters);
  expect(silent).toBeLessThan(masters * 1.2);
  const spoken = await room(sessionOf(HOUR_US, 10, HOUR_US));
  const decoded = 2 * 10 * 3600 * 48_000 * 4;
  expect(spoken - silent).toBeGreaterThan(decoded);
  expect(spoken - silent).toBeLessThan(decoded * 1.15);
});

test('two channels, by preset or by a show’s sounds, take twice the masters', async () => {
  const session = sessionOf(HOUR_US, 1, 0);
  const mono = await room(session);
  expect(await room(session, { preset: 'speech-stereo' })).toBeGreaterThan(1.8 * mono);
  expect(await room(session, { request: { furniture: { introPath: 'a.mp3' } } })).toBeGreaterThan(1.8 * mono);
});

test('a show without sounds takes no room for them; of those that it has, each its own', async () => {
  const session = sessionOf(3 * HOUR_US, 10, (3 * HOUR_US) / 10);
  const none = await room(session);
  expect(await room(session, { request: { furniture: {} } })).toBe(none);
  expect(await room(session, { request: { furniture: { introPath: undefined } } })).toBe(none);
  const intro = await room(session, { request: { furniture: { introPath: 'a.flac' } } });
  const bed = await room(session, { request: { furniture: { bedPath: 'a.flac' } } });
  const decoded = (seconds: number) => seconds * 2 * 48_000 * 4;
  // The bed stands under the talk; the intro makes the masters longer.
  expect(bed - intro).toBeGreaterThan(decoded(1800 - 180) - 3 * decoded(180));
});

test('as the README says it: ten speakers for three hours, who speak a third of it in all', async () => {
  const bytes = await room(sessionOf(3 * HOUR_US, 10, (3 * HOUR_US) / 10));
  expect(bytes / GB).toBeGreaterThan(8);
  expect(bytes / GB).toBeLessThan(12);
});
