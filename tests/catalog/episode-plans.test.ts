/** When an episode goes out, that it is taken back, what is said of it, and what its former audio is kept for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Catalog, isOut, NotInCatalogError, StateError } from '../../src/catalog/index.ts';
import { mastered, recordedEpisode } from './support/stories.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

const at = new Date('2026-12-24T18:00:00Z');
const minutesAfter = (minutes: number) => new Date(at.getTime() + minutes * 60_000);

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: Catalog;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  const readyEpisode = async () => {
    const story = await recordedEpisode(catalog, { guild: newGuild('Planned') });
    await catalog.episodes.markReady(story.episode.id, mastered());
    return story;
  };
  const revisionOf = async (showId: string) => (await catalog.shows.byId(showId))?.feed_revision;

  test('a moment set is due from then on, until it is published, taken back or set anew', async () => {
    const { guild, episode } = await readyEpisode();
    const mine = async (now: Date) =>
      (await catalog.episodes.due(now)).filter(({ guildId }) => guildId === guild.id);
    await catalog.episodes.schedule(guild.id, episode.id, at);
    expect(await mine(minutesAfter(-1))).toEqual([]);
    expect(await mine(at)).toEqual([{ id: episode.id, guildId: guild.id, publishAt: at }]);
    await catalog.episodes.schedule(guild.id, episode.id, null);
    expect(await mine(minutesAfter(60))).toEqual([]);
    await catalog.episodes.schedule(guild.id, episode.id, at);
    // Weeks later, after nothing of ours ran: still due, and dated as it was planned.
    expect(await mine(minutesAfter(40_000))).toHaveLength(1);
    expect(await catalog.episodes.publish(guild.id, episode.id, at)).toMatchObject({ publish_at: null });
    expect(await mine(minutesAfter(60))).toEqual([]);
    expect(await catalog.episodes.markPublished(episode.id)).toMatchObject({ published_at: at });
    await expect(catalog.episodes.schedule(guild.id, episode.id, at)).rejects.toThrow(StateError);
  });

  test('withdrawn it is in no feed, also while it is mastered anew; published again it is the same item', async () => {
    const { guild, show, episode } = await readyEpisode();
    await expect(catalog.episodes.withdraw(guild.id, episode.id)).rejects.toThrow(StateError);
    await catalog.episodes.publish(guild.id, episode.id, at);
    const published = await catalog.episodes.markPublished(episode.id);
    expect(isOut(published)).toBe(true);
    const before = (await revisionOf(show.id))!;
    const withdrawn = await catalog.episodes.withdraw(guild.id, episode.id);
    expect(isOut(withdrawn)).toBe(false);
    expect(await revisionOf(show.id)).toBe(before + 1);
    expect(await catalog.episodes.publishable(show.id)).toEqual([]);
    await catalog.episodes.remaster(guild.id, episode.id);
    expect(await catalog.episodes.publishable(show.id)).toEqual([]);
    await catalog.episodes.markReady(episode.id, mastered());
    await catalog.episodes.publish(guild.id, episode.id);
    expect(await catalog.episodes.publishable(show.id)).toMatchObject([
      { guid: episode.guid, published_at: at },
    ]);
    const again = await catalog.episodes.markPublished(episode.id);
    expect(again).toMatchObject({ guid: episode.guid, published_at: at, withdrawn_at: null });
  });

  test('what is said of it changes the feed, in any state; a fault in it changes nothing', async () => {
    const { guild, show, episode } = await readyEpisode();
    const fields = {
      title: 'Said better',
      kind: 'bonus',
      season: 2,
      number: 7,
      visibility: 'unlisted',
    } as const;
    const feed = { soundbites: [{ startUs: 1_000_000, durationUs: 30_000_000 }] };
    const said = await catalog.episodes.describe(guild.id, episode.id, { ...fields, feed });
    expect(said).toMatchObject({ ...fields, state: 'ready', guid: episode.guid });
    expect(said.feed).toMatchObject(feed);
    // A draft stands in no feed.
    expect(await revisionOf(show.id)).toBe(0);
    await catalog.episodes.publish(guild.id, episode.id);
    await catalog.episodes.markPublished(episode.id);
    expect(await revisionOf(show.id)).toBe(1);
    await catalog.episodes.describe(guild.id, episode.id, fields);
    expect(await revisionOf(show.id)).toBe(2);
    const faulty = { feed: { soundbites: [{ startUs: -1, durationUs: 0 }] } };
    await expect(catalog.episodes.describe(guild.id, episode.id, faulty)).rejects.toThrow(/soundbites/);
    await expect(catalog.episodes.describe(newGuild().id, episode.id, fields)).rejects.toThrow(
      NotInCatalogError,
    );
    expect(await revisionOf(show.id)).toBe(2);
    // An empty title is no title.
    expect(await catalog.episodes.describe(guild.id, episode.id, { title: ' ' })).toMatchObject({
      title: 'Said better',
    });
  });

  test('a show says more of itself, and its host name is its own', async () => {
    const { guild, show } = await readyEpisode();
    const other = await readyEpisode();
    const fields = { customDomain: `talks-${show.slug}.example.org`, brand: { accent: '#aa3300' } };
    const feed = { funding: [{ url: 'https://example.org/give', text: 'Give' }], locked: false };
    const changed = await catalog.shows.update(guild.id, show.id, { ...fields, feed });
    expect(changed).toMatchObject({ brand: fields.brand, feed });
    expect(await catalog.shows.byDomain(fields.customDomain)).toMatchObject({ id: show.id });
    await expect(catalog.shows.update(other.guild.id, other.show.id, fields)).rejects.toThrow(/unique/);
    const faulty = { feed: { ownerEmail: 'nobody' } };
    await expect(catalog.shows.update(guild.id, show.id, faulty)).rejects.toThrow(/ownerEmail/);
  });

  test('former audio keeps the time it was first given', async () => {
    const { episode } = await readyEpisode();
    const { retiredMedia } = catalog;
    const keys = [`media/${episode.id}/a.mp3`, `media/${episode.id}/a.m4a`];
    await retiredMedia.retire(episode.id, keys, at);
    await retiredMedia.retire(episode.id, keys, minutesAfter(1_000));
    const mine = async (now: Date) => (await retiredMedia.listDue(now)).filter((key) => keys.includes(key));
    expect(await mine(minutesAfter(-1))).toEqual([]);
    expect((await mine(at)).sort()).toEqual(keys.toSorted());
    expect((await retiredMedia.of(episode.id)).sort()).toEqual(keys.toSorted());
    await retiredMedia.forget(keys);
    expect(await retiredMedia.of(episode.id)).toEqual([]);
  });
});
