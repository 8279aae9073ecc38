import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Catalog, CatalogEvent } from '../../src/catalog/index.ts';
import { recordedEpisode, recordingSession } from './support/stories.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: Catalog;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  const files = [
    { kind: 'track' as const, name: 'x - 01 Ada 👩‍🚀.flac', bytes: 5_000_000_000, crc32: 0xffff_ffff },
  ];
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const wantedOf = (guildId: string, sessionId: string) =>
    ({ guildId, sessionId, requestedBy: '300', format: 'flac' }) as const;

  test('is made once for all who ask for the same, until it expires', async () => {
    const { guild, session } = await recordedEpisode(catalog);
    const wanted = wantedOf(guild.id, session.id);
    const first = await catalog.exports.request(wanted);
    expect(first).toMatchObject({ isNew: true, export: { state: 'making', from_us: null, files: [] } });
    expect(await catalog.exports.request(wanted)).toMatchObject({
      isNew: false,
      export: { id: first.export.id },
    });
    const part = await catalog.exports.request({ ...wanted, range: { fromUs: 0, toUs: 1e6 } });
    const other = await catalog.exports.request({ ...wanted, format: 'wav' });
    expect([part, other].map(({ isNew }) => isNew)).toEqual([true, true]);

    const events: CatalogEvent[] = [];
    const told = new Promise<void>((resolve) => {
      const unwatch = catalog.watch((event) => {
        events.push(event);
        unwatch();
        resolve();
      });
    });
    const made = await catalog.exports.markReady(first.export.id, {
      name: 'x',
      files,
      expiresAt: inAnHour(),
    });
    expect(made).toMatchObject({ state: 'ready', name: 'x', files, bytes: 5_000_000_000 });
    await told;
    expect(events).toMatchObject([
      { type: 'export', exportId: first.export.id, state: 'ready', guildId: guild.id },
    ]);
    expect((await catalog.exports.request(wanted)).isNew).toBe(false);
    await expect(catalog.exports.markFailed(first.export.id, 'late', inAnHour())).rejects.toMatchObject({
      standing: { noun: 'export', state: 'ready' },
    });

    expect(await catalog.exports.listExpired(new Date())).toEqual([]);
    const later = new Date(Date.now() + 3_700_000);
    expect((await catalog.exports.listExpired(later)).map(({ id }) => id)).toEqual([first.export.id]);
    await catalog.exports.remove(first.export.id);
    expect(await catalog.exports.byId(first.export.id)).toBeUndefined();
    expect((await catalog.exports.request(wanted)).isNew).toBe(true);
  });

  test('of a session that still records, each one that is done makes room for the next', async () => {
    const guild = newGuild();
    const show = await catalog.shows.createDefaultFor(guild);
    const session = await recordingSession(catalog, show);
    const wanted = wantedOf(guild.id, session.id);
    const first = await catalog.exports.request(wanted);
    await catalog.exports.markReady(first.export.id, { name: 'x', files, expiresAt: inAnHour() });
    expect((await catalog.exports.request(wanted)).isNew).toBe(true);
  });

  test('another server’s session is not to be had, nor one that nobody knows', async () => {
    const { session } = await recordedEpisode(catalog);
    const other = newGuild();
    await catalog.guilds.upsert(other);
    await expect(catalog.exports.request(wantedOf(other.id, session.id))).rejects.toThrow('no such session');
    await expect(catalog.exports.request(wantedOf(other.id, 'nonsense'))).rejects.toThrow('no such session');
    expect(await catalog.exports.byId('nonsense')).toBeUndefined();
  });

  test('when a speaker is erased, what is there ends at once, and what is being made comes to nothing', async () => {
    const { guild, session } = await recordedEpisode(catalog);
    const ready = await catalog.exports.request(wantedOf(guild.id, session.id));
    await catalog.exports.markReady(ready.export.id, { name: 'x', files, expiresAt: inAnHour() });
    const making = await catalog.exports.request({ ...wantedOf(guild.id, session.id), format: 'wav' });
    await catalog.exports.endAllOf(session.id);
    const ended = await catalog.exports.listExpired(new Date());
    expect(ended.map(({ id }) => id).sort()).toEqual([ready.export.id, making.export.id].sort());
    const late = catalog.exports.markReady(making.export.id, { name: 'x', files, expiresAt: inAnHour() });
    await expect(late).rejects.toMatchObject({ standing: { noun: 'export', state: 'failed' } });
    expect((await catalog.exports.request(wantedOf(guild.id, session.id))).isNew).toBe(true);
  });
});
