import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { decodeJournal, decodeJournalTypes, encodeJournalLine } from '../../../recorder/session/journal.ts';
import { encodeManifest } from '../../../recorder/session/manifest.ts';

const gap = { type: 'gap', atUs: 5.5, track: 3, startUs: 1.5, endUs: 4, reason: 'loss', packets: 2 };
const journalOf = (entries: readonly unknown[]) =>
  Buffer.concat(entries.map((entry) => encodeJournalLine(entry as { type: string; atUs: number })));

test('of a gap what is known is read, and nothing else', async () => {
  const { entries, lastAtUs } = await decodeJournal(journalOf([{ ...gap, more: 'of a later version' }]));
  expect(entries).toEqual([gap]);
  expect(lastAtUs).toBe(5.5);
});

test.each([
  { atUs: '5' },
  { atUs: undefined },
  { track: 1.5 },
  { track: 2 ** 60 },
  { startUs: null },
  { endUs: '4' },
  { reason: 'boredom' },
  { reason: undefined },
  { packets: 0.5 },
  { packets: undefined },
])('a gap with %o is passed over, and the lines beside it stand', async (wrong) => {
  const marker = { type: 'marker', atUs: 9, name: 'Now', byUserId: '1' };
  const { entries } = await decodeJournal(journalOf([marker, { ...gap, ...wrong }, marker]));
  expect(entries).toEqual([marker, marker]);
});

test.each([
  '[]',
  'null',
  '7',
  '"gap"',
  '{',
  '',
  '{"type":"gap"}',
  '{"atUs":1}',
  '{"type":"of later","atUs":8}',
])('a line %s is passed over', async (line) => {
  const { entries } = await decodeJournal(Buffer.concat([Buffer.from(`${line}\n`), journalOf([gap])]));
  expect(entries).toEqual([gap]);
});

test('the entries of some types: those that only speak of such a type are none of them', async () => {
  const told = { type: 'told', atUs: 1, channelId: '1', messageId: '2', atMs: 3, userIds: [] };
  const marker = { type: 'marker', atUs: 2, name: '"type":"told"', byUserId: '"type":"told"' };
  const journal = journalOf([told, gap, marker, { ...told, userIds: 'nobody' }, { ...told, passing: true }]);
  expect(await decodeJournalTypes(journal, ['told'])).toEqual([told, { ...told, passing: true }]);
});

test('others get their turn while a long one is read', async () => {
  const journal = journalOf(Array.from({ length: 20_000 }, () => gap));
  let [turns, isOver] = [0, false];
  const reading = decodeJournal(journal).finally(() => (isOver = true));
  for (; !isOver; turns += 1) await nextTurn();
  expect((await reading).entries).toHaveLength(20_000);
  expect(turns).toBeGreaterThan(70);
});

test.each([0, 1, 2, 1000, 1001, 2500])(
  'a manifest with %i gaps is worded as any other JSON',
  async (count) => {
    const gaps = Array.from({ length: count }, (_, at) => ({
      ...{ track: at, startUs: at, endUs: at + 1, reason: 'loss' as const },
    }));
    const manifest = {
      ...{
        version: 1 as const,
        sessionId: '1',
        guildId: '2',
        channelId: '3',
        title: '\n  "gaps": []',
        startedAtMs: 4,
      },
      ...{ durationUs: 5, reason: 'stop' as const, tracks: [], markers: [], gaps },
      journal: { bytes: 1, sha256: 'x' },
    };
    expect((await encodeManifest(manifest)).toString()).toBe(`${JSON.stringify(manifest, null, 2)}\n`);
  },
);
