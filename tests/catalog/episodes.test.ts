import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type Catalog,
  type CatalogEvent,
  type EpisodesRead,
  NotInCatalogError,
  StateError,
} from '../../src/catalog/index.ts';
import { mastered, recordedEpisode } from './support/stories.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: Catalog;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  const revisionOf = async (showId: string) => (await catalog.shows.byId(showId))?.feed_revision;

  test('from mastering to the feed, with a date and an identity that stay', async () => {
    const { guild, show, episode } = await recordedEpisode(catalog);
    expect(episode).toMatchObject({
      state: 'mastering',
      slug: 'talk',
      title: 'Talk',
      chapters: [],
      published_at: null,
    });
    expect(await catalog.episodes.publishable(show.id)).toEqual([]);

    const ready = await catalog.episodes.markReady(episode.id, mastered());
    expect(ready).toMatchObject({
      state: 'ready',
      duration_us: 3_600_000_000,
      integrated_lufs: -19.02,
      chapters: [{ startUs: 0, title: 'Welcome 🎙️' }],
    });
    expect(await catalog.episodes.byId(episode.id)).toEqual({
      ...ready,
      renditions: ready.renditions.toSorted((a) => (a.kind === 'mp3' ? -1 : 1)),
    });
    expect(ready.renditions.find(({ kind }) => kind === 'mp3')).toMatchObject({ bytes: 5_000_000_000 });
    expect(await revisionOf(show.id)).toBe(0);
    expect(await catalog.shows.listPublished()).not.toContainEqual(expect.objectContaining({ id: show.id }));

    const publishing = await catalog.episodes.publish(guild.id, episode.id);
    expect(publishing).toMatchObject({ state: 'publishing', published_at: null });
    expect(await revisionOf(show.id)).toBe(1);
    const [inFeed] = await catalog.episodes.publishable(show.id);
    expect(inFeed?.published_at).toEqual(publishing.publishing_at);
    expect(inFeed?.renditions.map(({ kind }) => kind)).toEqual(['mp3', 'm4a']);

    const published = await catalog.episodes.markPublished(episode.id);
    expect(published).toMatchObject({
      state: 'published',
      published_at: publishing.publishing_at,
      guid: episode.guid,
    });
    // The feed that was written while the episode was `publishing` is still the newest.
    expect(await revisionOf(show.id)).toBe(1);
    expect((await catalog.shows.listPublished()).map(({ id }) => id)).toContain(show.id);

    await catalog.episodes.publish(guild.id, episode.id);
    const again = await catalog.episodes.markPublished(episode.id);
    expect(again).toMatchObject({
      published_at: published.published_at,
      guid: episode.guid,
      slug: episode.slug,
    });
    expect(await revisionOf(show.id)).toBe(2);
  });

  test('the newest publication comes first', async () => {
    const first = await recordedEpisode(catalog, { title: 'One' });
    const second = await recordedEpisode(catalog, { title: 'Two', guild: first.guild });
    for (const { episode, guild } of [second, first]) {
      await catalog.episodes.markReady(episode.id, mastered());
      await catalog.episodes.publish(guild.id, episode.id);
      await catalog.episodes.markPublished(episode.id);
    }
    const feed = await catalog.episodes.publishable(first.show.id);
    expect(feed.map(({ title }) => title)).toEqual(['One', 'Two']);
    const listed = await catalog.episodes.listFor(first.guild.id, { states: ['published'], limit: 1 });
    expect(listed).toHaveLength(1);
  });

  test('what was read before is read again where any row of it has changed, and nowhere else', async () => {
    const first = await recordedEpisode(catalog, { title: 'One' });
    const second = await recordedEpisode(catalog, { title: 'Two', guild: first.guild });
    const { guild, show } = first;
    for (const { episode } of [second, first]) {
      await catalog.episodes.markReady(episode.id, mastered());
      await catalog.episodes.publish(guild.id, episode.id);
      await catalog.episodes.markPublished(episode.id);
    }
    const read: EpisodesRead = new Map();
    const readAgain = () => catalog.episodes.publishable(show.id, read);
    const [one, two] = await readAgain();
    expect([one, two]).toEqual(await catalog.episodes.publishable(show.id));
    expect((await readAgain()).map((episode, index) => episode === [one, two][index])).toEqual([true, true]);

    const { id } = second.episode;
    const changes = [
      () => catalog.episodes.describe(guild.id, id, { title: 'Two, better' }),
      () => catalog.transcripts.record(id, { state: 'making' }),
      () => catalog.transcripts.record(id, { state: 'skipped', note: 'No model' }),
      async () => {
        await catalog.episodes.remaster(guild.id, id);
        await catalog.episodes.markReady(id, mastered());
        await catalog.episodes.publish(guild.id, id);
      },
      () => catalog.episodes.markPublished(id),
    ];
    let before = two;
    for (const change of changes) {
      await change();
      const [same, other] = await readAgain();
      expect(same).toBe(one);
      expect(other).not.toBe(before);
      expect([same, other]).toEqual(await catalog.episodes.publishable(show.id));
      before = other;
    }
    await catalog.episodes.withdraw(guild.id, first.episode.id);
    expect(await readAgain()).toEqual([before]);
    await catalog.episodes.publish(guild.id, first.episode.id);
    expect(await readAgain()).toEqual(await catalog.episodes.publishable(show.id));
  });

  test('a failure is said, and mastering can be tried again', async () => {
    const { guild, episode } = await recordedEpisode(catalog);
    const failed = await catalog.episodes.markFailed(episode.id, 'Nobody spoke.\0');
    expect(failed).toMatchObject({ state: 'failed', failure: 'Nobody spoke.' });
    await expect(catalog.episodes.publish(guild.id, episode.id)).rejects.toMatchObject({
      standing: { noun: 'episode', state: 'failed', title: 'Talk', failure: 'Nobody spoke.' },
    });
    expect(await catalog.episodes.remaster(guild.id, episode.id)).toMatchObject({
      state: 'mastering',
      failure: null,
    });
    expect((await catalog.episodes.markReady(episode.id, mastered())).state).toBe('ready');
  });

  test('a publication that fails takes a new episode out of the feed again, and leaves an old one in', async () => {
    const { guild, show, episode } = await recordedEpisode(catalog);
    await catalog.episodes.markReady(episode.id, mastered());
    await catalog.episodes.publish(guild.id, episode.id);
    expect(await catalog.episodes.markFailed(episode.id, 'The store is away.')).toMatchObject({
      state: 'failed',
    });
    expect(await catalog.episodes.publishable(show.id)).toEqual([]);
    expect(await revisionOf(show.id)).toBe(2);
    await catalog.episodes.publish(guild.id, episode.id);
    await catalog.episodes.markPublished(episode.id);
    await catalog.episodes.publish(guild.id, episode.id);
    const kept = await catalog.episodes.markFailed(episode.id, 'The store is away again.');
    expect(kept).toMatchObject({ state: 'published', failure: 'The store is away again.' });
    expect(await catalog.episodes.publishable(show.id)).toHaveLength(1);
  });

  test('an episode that is mastered anew stays in the feed; one of which a speaker was erased does not', async () => {
    const { guild, show, episode } = await recordedEpisode(catalog);
    await catalog.episodes.markReady(episode.id, mastered());
    await catalog.episodes.publish(guild.id, episode.id);
    await catalog.episodes.markPublished(episode.id);
    await catalog.episodes.remaster(guild.id, episode.id);
    expect(await catalog.episodes.publishable(show.id)).toMatchObject([
      { id: episode.id, state: 'mastering' },
    ]);
    await catalog.episodes.redo(episode.id);
    expect(await catalog.episodes.publishable(show.id)).toEqual([]);
  });

  test('what is wrong with a published episode is noted and taken back', async () => {
    const { guild, show, episode } = await recordedEpisode(catalog);
    await catalog.episodes.markReady(episode.id, mastered());
    await expect(catalog.episodes.noteFault(episode.id, 'x')).rejects.toThrow(StateError);
    await catalog.episodes.publish(guild.id, episode.id);
    await catalog.episodes.markPublished(episode.id);
    const before = await revisionOf(show.id);
    expect(await catalog.episodes.noteFault(episode.id, 'Its MP3 is gone.')).toMatchObject({
      state: 'published',
      failure: 'Its MP3 is gone.',
    });
    expect(await catalog.episodes.noteFault(episode.id, null)).toMatchObject({ failure: null });
    expect(await revisionOf(show.id)).toBe(before);
  });

  test('two who publish at once: one does, the other is told', async () => {
    const { guild, episode } = await recordedEpisode(catalog);
    await catalog.episodes.markReady(episode.id, mastered());
    const results = await Promise.allSettled(
      [1, 2].map(() => catalog.episodes.publish(guild.id, episode.id)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toBeInstanceOf(StateError);
  });

  test('a rendition that the catalog refuses leaves the episode as it was', async () => {
    const { episode } = await recordedEpisode(catalog);
    const { renditions } = mastered();
    const twice = mastered({
      renditions: [renditions[0]!, { ...renditions[1]!, kind: renditions[0]!.kind }],
    });
    await expect(catalog.episodes.markReady(episode.id, twice)).rejects.toThrow();
    expect(await catalog.episodes.byId(episode.id)).toEqual({ ...episode, renditions: [] });
  });

  test('titles may repeat and hold anything, slugs are unique within a show', async () => {
    const { guild, session, show } = await recordedEpisode(catalog, { title: 'Weekly' });
    const titles = ['Weekly', 'weekly!', '🎙️', ' ', 'x\0y\ud800'];
    const episodes = await Promise.all(
      titles.map((title) => catalog.episodes.createForSession(session, { title })),
    );
    const slugs = episodes.map(({ slug }) => slug);
    expect(slugs.slice(0, 2).sort()).toEqual(['weekly-2', 'weekly-3']);
    expect(slugs[2]).toMatch(/^episode-[0-9a-f]{6}$/);
    expect(slugs[3]).toBe('untitled-episode');
    expect(episodes[4]?.title).toBe('xy\ufffd');
    expect((await catalog.episodes.bySlug(show.id, 'weekly-2'))?.session_id).toBe(session.id);
    const other = await recordedEpisode(catalog, { guild: newGuild(), title: 'Weekly' });
    expect(other.episode.slug).toBe('weekly');
    expect(await catalog.episodes.listFor(guild.id, { sessionId: session.id })).toHaveLength(6);
    const more = Array.from({ length: 24 }, () => catalog.episodes.createForSession(session));
    await Promise.all(more);
    expect(await catalog.episodes.listFor(guild.id, { sessionId: session.id })).toHaveLength(25);
    expect(await catalog.episodes.listFor(guild.id, { sessionId: session.id, limit: null })).toHaveLength(30);
  });

  test('each step is told to the watchers, and a step that was rolled back is not', async () => {
    const heard: CatalogEvent[] = [];
    const unwatch = catalog.watch((event) => heard.push(event));
    const { guild, show, session, episode } = await recordedEpisode(catalog);
    await catalog.episodes.markReady(episode.id, mastered());
    const rollBack = catalog.transaction(async (trx) => {
      await trx.episodes.publish(guild.id, episode.id);
      throw new Error('rolled back');
    });
    await expect(rollBack).rejects.toThrow('rolled back');
    await catalog.transaction((trx) => trx.episodes.publish(guild.id, episode.id));
    await catalog.notify({ ...eventOf(), state: 'publishing', percent: 40 });
    await expect.poll(() => heard.length).toBeGreaterThanOrEqual(3);
    expect(heard).toEqual([
      { ...eventOf(), state: 'ready' },
      { ...eventOf(), state: 'publishing' },
      { ...eventOf(), state: 'publishing', percent: 40 },
    ]);
    unwatch();
    await catalog.episodes.markPublished(episode.id);
    expect(heard).toHaveLength(3);

    function eventOf() {
      const type = 'episode' as const;
      return { type, guildId: guild.id, showId: show.id, sessionId: session.id, episodeId: episode.id };
    }
  });

  test('what is told here is heard at once, and what is told elsewhere is not heard here', async () => {
    const heard: CatalogEvent[] = [];
    const { guild, show, session, episode } = await recordedEpisode(catalog);
    // A served database brings news of the tests before this one late.
    const isMine = (event: CatalogEvent) => event.type === 'episode' && event.episodeId === episode.id;
    const unwatch = catalog.watch((event) => {
      if (isMine(event)) heard.push(event);
    });
    onTestFinished(unwatch);
    const where = { guildId: guild.id, showId: show.id, sessionId: session.id, episodeId: episode.id };
    const event = (percent: number) => ({ type: 'episode', ...where, state: 'mastering', percent }) as const;
    catalog.tellHere(event(1));
    expect(heard).toEqual([event(1)]);
    await catalog.tellElsewhere(event(2));
    // News keeps its order, so that this one comes last.
    await catalog.notify(event(3));
    await expect.poll(() => heard).toEqual([event(1), event(3)]);
  });

  test('a watcher may ask the catalog, and one that throws does not stop the others', async () => {
    const { guild, episode } = await recordedEpisode(catalog);
    const stop = catalog.watch(() => {
      throw new Error('a broken watcher');
    });
    const answer = new Promise<unknown>((resolve) => {
      const unwatch = catalog.watch((event) => {
        if (event.type !== 'episode') return;
        unwatch();
        resolve(catalog.episodes.ofGuild(guild.id, event.episodeId));
      });
    });
    await catalog.transaction((trx) => trx.episodes.markReady(episode.id, mastered()));
    expect(await answer).toMatchObject({ id: episode.id, state: 'ready' });
    stop();
  });

  test('inside a transaction the catalog itself refuses, instead of waiting for ever', async () => {
    const { guild, episode } = await recordedEpisode(catalog);
    const outside = 'Inside a transaction use its own handle';
    for (const mistake of [
      () => catalog.episodes.byId(episode.id),
      () => catalog.shows.listFor(guild.id),
      () => catalog.queue.enqueue('publish', { episodeId: episode.id }),
      () => catalog.transaction(() => Promise.resolve()),
      () => catalog.shows.createDefaultFor(guild),
    ])
      await expect(catalog.transaction(async () => mistake())).rejects.toThrow(outside);
    expect(await catalog.episodes.byId(episode.id)).toBeDefined();
    // What a transaction started and nobody waited for may ask once it has ended.
    const ended = Promise.withResolvers<undefined>();
    let late: Promise<unknown> | undefined;
    await catalog.transaction((trx) => {
      late = ended.promise.then(() => catalog.episodes.byId(episode.id));
      return trx.episodes.byId(episode.id);
    });
    ended.resolve(undefined);
    expect(await late).toBeDefined();
  });

  test('steps of episodes that are not there', async () => {
    for (const id of ['no-uuid', '00000000-0000-4000-8000-000000000000']) {
      await expect(catalog.episodes.markPublished(id)).rejects.toThrow(NotInCatalogError);
      await expect(catalog.episodes.markFailed(id, 'x')).rejects.toThrow(NotInCatalogError);
      await expect(catalog.episodes.markReady(id, mastered())).rejects.toThrow(NotInCatalogError);
    }
  });
});
