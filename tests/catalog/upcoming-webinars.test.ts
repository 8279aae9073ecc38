import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogNouns } from '../../src/catalog/index.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: CatalogNouns;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  test('a public page sees the planned and live webinars of its show alone, the earliest first', async () => {
    const guild = newGuild();
    await catalog.guilds.upsert(guild);
    const [show, other] = [
      await catalog.shows.create(guild.id, { title: 'Ours' }),
      await catalog.shows.create(guild.id, { title: 'Another' }),
    ];
    const plan = async (title: string, day: number, showId = show.id) => {
      const startsAt = new Date(Date.UTC(2026, 10, day));
      const planned = { guildId: guild.id, showId, channelId: '200', hostUserId: '300', description: '' };
      return (await catalog.webinars.create({ ...planned, title, startsAt, durationMinutes: 60 })).id;
    };
    await plan('Last', 20);
    const live = await plan('Live', 10);
    await catalog.webinars.start(guild.id, live);
    const over = await plan('Over', 11);
    await catalog.webinars.start(guild.id, over);
    await catalog.webinars.end(guild.id, over);
    await catalog.webinars.cancel(guild.id, await plan('Cancelled', 12));
    await plan('Next', 13);
    await plan('Elsewhere', 14, other.id);
    const titles = (await catalog.webinars.upcomingOf(show.id)).map(({ title }) => title);
    expect(titles).toEqual(['Live', 'Next', 'Last']);
    expect(await catalog.webinars.upcomingOf('no id')).toEqual([]);
  });
});
