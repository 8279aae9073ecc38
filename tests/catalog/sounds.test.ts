import { afterAll, beforeAll, expect, test } from 'vitest';
import { NotInCatalogError, type SoundEvent } from '../../src/catalog/index.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

onEachEngine((engine) => {
  let opened: TestCatalog;
  const told: SoundEvent[] = [];
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    opened.catalog.watch((event) => {
      if (event.type === 'sound') told.push(event);
    });
  });
  afterAll(() => opened.remove());

  const taken = (name: string) => ({ name, mediaKey: `sounds/x/${name}.flac`, durationUs: 4_000_000 });
  const showOf = async (guild = newGuild()) => ({
    guild,
    show: await opened.catalog.shows.createDefaultFor(guild),
  });

  test('a sound is used from when it was taken in, and the one before stays until then', async () => {
    const { sounds } = opened.catalog;
    const { guild, show } = await showOf();
    const first = await sounds.ask(guild.id, show.id, 'intro');
    expect(await sounds.of(show.id)).toMatchObject([
      { kind: 'intro', media_key: null, request_id: first.requestId },
    ]);
    expect(await sounds.markTaken(first, { ...taken('one'), name: 'one\0' })).toEqual({
      isWanted: true,
      formerKey: null,
    });
    const used = { name: 'one', media_key: 'sounds/x/one.flac', duration_us: 4_000_000 };
    expect(await sounds.of(show.id)).toMatchObject([{ ...used, request_id: null, failure: null }]);

    await sounds.markFailed(await sounds.ask(guild.id, show.id, 'intro'), 'It is no sound.');
    expect(await sounds.of(show.id)).toMatchObject([
      { ...used, request_id: null, failure: 'It is no sound.' },
    ]);

    const third = await sounds.ask(guild.id, show.id, 'intro');
    expect(await sounds.of(show.id)).toMatchObject([{ ...used, failure: null }]);
    expect(await sounds.markTaken(third, taken('three'))).toEqual({
      isWanted: true,
      formerKey: used.media_key,
    });
    await expect.poll(() => told.filter(({ showId }) => showId === show.id)).toHaveLength(3);
    expect(told.at(-1)).toEqual({ type: 'sound', guildId: guild.id, ...third });
  });

  test('what was replaced or removed meanwhile is not wanted any more', async () => {
    const { sounds } = opened.catalog;
    const { guild, show } = await showOf();
    const late = await sounds.ask(guild.id, show.id, 'bed');
    const wanted = await sounds.ask(guild.id, show.id, 'bed');
    expect([await sounds.isWanted(late), await sounds.isWanted(wanted)]).toEqual([false, true]);
    expect(await sounds.markTaken(late, taken('late'))).toEqual({ isWanted: false, formerKey: null });
    await sounds.markFailed(late, 'Too late.');
    expect(await sounds.of(show.id)).toMatchObject([{ media_key: null, failure: null }]);
    await sounds.markTaken(wanted, taken('wanted'));
    expect(await sounds.remove(guild.id, show.id, 'bed')).toBe(taken('wanted').mediaKey);
    expect(await sounds.remove(guild.id, show.id, 'bed')).toBeNull();
    expect(await sounds.isWanted(wanted)).toBe(false);
    expect(await sounds.of(show.id)).toEqual([]);
  });

  test('no server touches the sounds of another, and nobody those of no show', async () => {
    const { sounds } = opened.catalog;
    const [ours, theirs] = [await showOf(), await showOf()];
    await sounds.markTaken(await sounds.ask(ours.guild.id, ours.show.id, 'outro'), taken('ours'));
    for (const showId of [ours.show.id, 'no id']) {
      await expect(sounds.ask(theirs.guild.id, showId, 'outro')).rejects.toThrow(NotInCatalogError);
      await expect(sounds.remove(theirs.guild.id, showId, 'outro')).rejects.toThrow(NotInCatalogError);
    }
    expect(await sounds.of(ours.show.id)).toMatchObject([{ kind: 'outro', name: 'ours', request_id: null }]);
    expect(await sounds.of('no id')).toEqual([]);
  });
});
