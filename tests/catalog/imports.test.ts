import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Catalog,
  type ImportedEpisode,
  NotInCatalogError,
  StateError,
} from '../../src/catalog/index.ts';
import { mastered, recordedEpisode } from './support/stories.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

onEachEngine(({ serverUrl }) => {
  let opened: TestCatalog;
  let catalog: Catalog;
  beforeAll(async () => {
    opened = await openTestCatalog({ serverUrl });
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  const imported = (guid: string, fields: Partial<ImportedEpisode> = {}): ImportedEpisode => ({
    ...{ id: randomUUID(), guid, title: 'From elsewhere', notes: '<p>Notes</p>', kind: 'full' },
    ...{ season: 2, number: 7, coverKey: 'art/x/episode.jpg' },
    feed: { seasonName: 'The second', persons: [{ name: 'Ada' }] },
    chapters: [{ startUs: 0, title: 'Start', url: 'https://example.org/', imageKey: 'art/x/chapter.png' }],
    rendition: mastered().renditions[1]!,
    ...fields,
  });
  async function newShow() {
    const guild = newGuild();
    await catalog.guilds.upsert(guild);
    return { guild, show: await catalog.shows.create(guild.id, { title: 'Moved' }) };
  }

  test('an import is asked for again and again, and stays one; an unknown server is refused', async () => {
    const { guild, show } = await newShow();
    const wanted = { guildId: guild.id, feedUrl: 'https://old.example/feed', allowHosts: ['10.0.0.1:80'] };
    const first = await catalog.imports.request(wanted);
    await catalog.imports.setShow(first.id, show.id);
    await catalog.imports.markProven(first.id);
    const heard: unknown[] = [];
    const unwatch = catalog.watch((event) => heard.push(event));
    await catalog.imports.end(first.id, 'done', 'All of it is here.');
    await expect.poll(() => heard).toContainEqual(expect.objectContaining({ type: 'import', state: 'done' }));
    unwatch();
    const again = await catalog.imports.request({ ...wanted, allowHosts: [] });
    expect(again).toMatchObject({ id: first.id, state: 'running', said: null, show_id: show.id });
    expect(again).toMatchObject({ allow_hosts: [], proven_at: expect.any(Date) as Date });
    await expect(catalog.imports.request({ ...wanted, guildId: '1' })).rejects.toThrow(NotInCatalogError);
  });

  test('an episode comes in ready, without a session, once; guids are unique in their show alone', async () => {
    const { guild, show } = await newShow();
    const { show: other } = await newShow();
    const guid = ' Odd guid, http://old.example/?p=1 ';
    const episodeId = await catalog.imports.addEpisode(show.id, imported(guid));
    expect(await catalog.imports.addEpisode(show.id, imported(guid, { title: 'Changed' }))).toBeUndefined();
    expect(await catalog.imports.addEpisode(other.id, imported(guid))).toBeDefined();
    expect(await catalog.episodes.byId(episodeId!)).toMatchObject({
      ...{ session_id: null, guid, title: 'From elsewhere', state: 'ready', season: 2, number: 7 },
      ...{ cover_key: 'art/x/episode.jpg', published_at: null },
      renditions: [{ kind: 'mp3' }],
    });
    const slugs = await Promise.all(
      ['2', '3'].map(async (n) => {
        const id = await catalog.imports.addEpisode(show.id, imported(n));
        return (await catalog.episodes.byId(id!))?.slug;
      }),
    );
    expect(new Set(slugs).size).toBe(2);
    expect((await catalog.imports.known(show.id)).get(guid)).toEqual({
      ...{ episodeId, isWaiting: true, isPublishing: false },
    });
    const at = new Date('2019-03-04T05:06:07Z');
    await catalog.episodes.publish(guild.id, episodeId!, at);
    expect((await catalog.episodes.markPublished(episodeId!)).published_at).toEqual(at);
    expect((await catalog.imports.known(show.id)).get(guid)?.isWaiting).toBe(false);
    const refused = catalog.episodes.remaster(guild.id, episodeId!);
    await expect(refused).rejects.toThrow(StateError);
    await expect(refused).rejects.toMatchObject({ standing: { noun: 'imported episode' } });
  });

  test('a show keeps the identity that it had elsewhere, and nobody else may have it', async () => {
    const { guild } = await newShow();
    const podcastGuid = randomUUID();
    const fields = { title: 'Known', slugFrom: 'old name', podcastGuid, feed: { type: 'serial' as const } };
    const show = await catalog.shows.create(guild.id, fields);
    expect(show).toMatchObject({ podcast_guid: podcastGuid, slug: 'old-name', feed: { type: 'serial' } });
    expect(await catalog.shows.byPodcastGuid(podcastGuid)).toMatchObject({ id: show.id });
    expect(await catalog.shows.byPodcastGuid('no guid')).toBeUndefined();
    await expect(catalog.shows.create(guild.id, fields)).rejects.toThrow();
  });

  test('what is taken down is out for good: its files are named once, shared pictures stay', async () => {
    const { guild, show } = await newShow();
    const first = (await catalog.imports.addEpisode(show.id, imported('a')))!;
    const second = (await catalog.imports.addEpisode(show.id, imported('b')))!;
    await catalog.episodes.publish(guild.id, first);
    await catalog.episodes.markPublished(first);
    const before = await catalog.shows.byId(show.id);
    const [audio] = (await catalog.episodes.byId(first))!.renditions;
    expect(await catalog.episodes.takeDown(guild.id, first)).toEqual([audio!.media_key]);
    expect(await catalog.episodes.byId(first)).toMatchObject({
      ...{ state: 'failed', renditions: [], chapters: [], cover_key: null, guid: 'a' },
      ...{ withdrawn_at: expect.any(Date) as Date, published_at: expect.any(Date) as Date },
      failure: expect.stringMatching(
        /^it was taken down on \d{4}-\d\d-\d\d, and its files were removed\.$/,
      ) as string,
    });
    expect(await catalog.episodes.retracted(show.id)).toEqual([expect.objectContaining({ id: first })]);
    expect((await catalog.shows.byId(show.id))!.feed_revision).toBeGreaterThan(before!.feed_revision);
    const keys = await catalog.episodes.takeDown(guild.id, second);
    expect(keys.slice(1)).toEqual(['art/x/episode.jpg', 'art/x/chapter.png']);
    expect(await catalog.episodes.takeDown(guild.id, second)).toEqual([]);
    // Asked for again, the import brings neither back.
    expect(await catalog.imports.addEpisode(show.id, imported('a'))).toBeUndefined();
    await expect(catalog.episodes.takeDown('1', first)).rejects.toThrow(NotInCatalogError);
  });

  test('a render that ends after the take-down brings nothing back; a host may make it anew', async () => {
    const { guild, episode } = await recordedEpisode(catalog);
    await catalog.episodes.markReady(episode.id, mastered());
    await catalog.episodes.remaster(guild.id, episode.id);
    await catalog.episodes.takeDown(guild.id, episode.id);
    await expect(catalog.episodes.markReady(episode.id, mastered())).rejects.toThrow(StateError);
    expect((await catalog.episodes.byId(episode.id))?.failure).toContain(
      '/episode remaster makes them again',
    );
    await catalog.episodes.remaster(guild.id, episode.id);
    await catalog.episodes.markReady(episode.id, mastered());
    expect(await catalog.episodes.byId(episode.id)).toMatchObject({ state: 'ready' });
  });

  test('since when a feed is behind is known from its first change to its being caught up', async () => {
    const { guild, show } = await newShow();
    const since = async () => (await catalog.shows.byId(show.id))!.feed_behind_since;
    expect(await since()).toBeNull();
    await catalog.shows.update(guild.id, show.id, { title: 'One' });
    const first = await since();
    expect(first).toBeInstanceOf(Date);
    await catalog.shows.update(guild.id, show.id, { title: 'Two' });
    expect(await since()).toEqual(first);
    await catalog.shows.markFeedPublished(show.id, 1);
    expect(await since()).toEqual(first);
    await catalog.shows.markFeedPublished(show.id, 2);
    expect(await since()).toBeNull();
  });

  test('a trouble is news once when it begins and once when it is over, whatever came between', async () => {
    const { feedHealth } = catalog;
    const trouble = { name: 'behind:a', said: 'The feed is behind.' };
    await feedHealth.setTroubles([trouble, { name: 'due:b', said: 'Missed.' }]);
    expect((await feedHealth.takeNews()).map(({ name, isOver }) => [name, isOver])).toEqual([
      ['behind:a', false],
      ['due:b', false],
    ]);
    await feedHealth.setTroubles([{ ...trouble, said: 'It still is.' }]);
    expect(await feedHealth.troubles()).toMatchObject([{ name: 'behind:a', said: 'It still is.' }]);
    await feedHealth.setTroubles([trouble, { name: 'due:b', said: 'Missed.' }]);
    expect(await feedHealth.takeNews()).toEqual([]);
    await feedHealth.setTroubles([]);
    await feedHealth.setTroubles([{ name: 'brief', said: 'Nobody need know.' }]);
    await feedHealth.setTroubles([]);
    expect((await feedHealth.takeNews()).map(({ name, isOver }) => [name, isOver])).toEqual([
      ['behind:a', true],
      ['due:b', true],
    ]);
    expect(await feedHealth.takeNews()).toEqual([]);
  });

  test('what could not be told is news once more, unless it has changed meanwhile', async () => {
    const { feedHealth } = catalog;
    const taken = async () => (await feedHealth.takeNews()).map(({ name, isOver }) => [name, isOver]);
    const [a, b] = [
      { name: 'a', said: 'A.' },
      { name: 'b', said: 'B.' },
    ];
    await feedHealth.setTroubles([a, b]);
    const begun = await feedHealth.takeNews();
    await feedHealth.setTroubles([a]);
    await feedHealth.putBack(begun);
    // The other was over before anybody heard of it.
    expect(await taken()).toEqual([['a', false]]);
    await feedHealth.setTroubles([]);
    const over = await feedHealth.takeNews();
    await feedHealth.putBack(over);
    expect(await taken()).toEqual([['a', true]]);
    await feedHealth.setTroubles([a]);
    expect(await taken()).toEqual([['a', false]]);
    await feedHealth.setTroubles([]);
    const ended = await feedHealth.takeNews();
    await feedHealth.setTroubles([a]);
    await feedHealth.putBack(ended);
    // It goes on, as far as anybody was told.
    expect(await taken()).toEqual([]);
    await feedHealth.setTroubles([]);
    expect(await taken()).toEqual([['a', true]]);
  });

  test('the last fetch of each directory is one row', async () => {
    const { show } = await newShow();
    const note = (directory: string, at: string, status = 200) =>
      catalog.feedHealth.noteFetch({ showSlug: show.slug, directory, at: new Date(at), status });
    await note('Spotify', '2026-11-22T10:00:00Z');
    await note('Spotify', '2026-11-22T11:00:00Z', 304);
    await note('Overcast', '2026-11-22T09:00:00Z');
    await catalog.feedHealth.noteFetch({ showSlug: 'none', directory: 'X', at: new Date(), status: 404 });
    const fetches = (await catalog.feedHealth.fetches()).filter(({ show_id }) => show_id === show.id);
    expect(fetches).toMatchObject([
      { directory: 'Overcast' },
      { directory: 'Spotify', fetched_at: new Date('2026-11-22T11:00:00Z'), status: 304 },
    ]);
  });
});
