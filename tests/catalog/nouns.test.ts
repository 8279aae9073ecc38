import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogNouns, NotInCatalogError, openCatalog, StateError } from '../../src/catalog/index.ts';
import { recordedEpisode, recordingSession, sealing } from './support/stories.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: CatalogNouns;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  test('a server keeps its settings when its name changes', async () => {
    const guild = newGuild('First name');
    await catalog.guilds.upsert(guild);
    await catalog.guilds.updateSettings(guild.id, { timeZone: 'Europe/Brussels' });
    await catalog.guilds.updateSettings(guild.id, { language: 'nl' });
    await catalog.guilds.updateSettings(guild.id, {});
    const renamed = await catalog.guilds.upsert({ ...guild, name: 'Second\0 name' });
    expect(renamed).toMatchObject({ name: 'Second name', time_zone: 'Europe/Brussels', language: 'nl' });
    expect(await catalog.guilds.byId(guild.id)).toEqual(renamed);
    expect(renamed.created_at).toBeInstanceOf(Date);
    await expect(catalog.guilds.updateSettings('1', { language: 'fr' })).rejects.toThrow(NotInCatalogError);
  });

  test('the default show is made once, also when two recordings begin at once', async () => {
    const guild = newGuild('Café 東京');
    const [one, two] = await Promise.all([
      catalog.shows.createDefaultFor(guild),
      catalog.shows.createDefaultFor(guild),
    ]);
    expect(one.id).toBe(two.id);
    expect(one).toMatchObject({
      slug: 'cafe',
      title: 'Café 東京',
      author: 'Café 東京',
      preset: 'speech',
      feed_revision: 0,
    });
    expect(await catalog.shows.createDefaultFor({ ...guild, name: 'Renamed' })).toEqual(one);
    expect(await catalog.shows.listFor(guild.id)).toEqual([one]);
    expect((await catalog.guilds.byId(guild.id))?.default_show_id).toBe(one.id);
  });

  test('shows of the same name get different addresses and identities', async () => {
    const guild = newGuild();
    await catalog.guilds.upsert(guild);
    const shows = await Promise.all(
      Array.from({ length: 5 }, () => catalog.shows.create(guild.id, { title: 'Same name' })),
    );
    expect(shows.map(({ slug }) => slug).sort()).toEqual([
      'same-name',
      'same-name-2',
      'same-name-3',
      'same-name-4',
      'same-name-5',
    ]);
    expect(new Set(shows.map((show) => show.podcast_guid)).size).toBe(5);
    const nameless = await catalog.shows.create(guild.id, { title: '東京' });
    expect(nameless.slug).toMatch(/^show-[0-9a-f]{6}$/);
  });

  test('an update rises the feed’s revision and leaves the identity alone', async () => {
    const { show, guild } = await recordedEpisode(catalog);
    const updated = await catalog.shows.update(guild.id, show.id, {
      title: 'New title',
      coverKey: 'art/c.jpg',
    });
    expect(updated).toEqual({
      ...show,
      ...{ title: 'New title', cover_key: 'art/c.jpg' },
      ...{ feed_revision: 1, feed_behind_since: expect.any(Date) as Date },
    });
    expect(await catalog.shows.bySlug(show.slug)).toEqual(updated);
  });

  test.each(['no-uuid', '', "'; DROP TABLE shows; --", 'a\0b', '../x', randomUUID()])(
    'what is not there (%j) is undefined, not an error',
    async (id) => {
      const guild = newGuild();
      expect(await catalog.shows.byId(id)).toBeUndefined();
      expect(await catalog.shows.bySlug(id)).toBeUndefined();
      expect(await catalog.shows.ofGuild(guild.id, id)).toBeUndefined();
      expect(await catalog.sessions.byId(id)).toBeUndefined();
      expect(await catalog.sessions.ofGuild(guild.id, id)).toBeUndefined();
      expect(await catalog.episodes.byId(id)).toBeUndefined();
      expect(await catalog.episodes.bySlug(id, 'talk')).toBeUndefined();
      expect(await catalog.episodes.ofGuild(guild.id, id)).toBeUndefined();
      expect(await catalog.episodes.publishable(id)).toEqual([]);
      expect(await catalog.episodes.listFor(guild.id, { showId: id })).toEqual([]);
      expect(await catalog.webinars.ofGuild(guild.id, id)).toBeUndefined();
    },
  );

  test('one server never sees or touches what is another’s', async () => {
    const ours = await recordedEpisode(catalog);
    const theirs = newGuild();
    await catalog.shows.createDefaultFor(theirs);
    const webinar = await catalog.webinars.create({
      guildId: ours.guild.id,
      showId: ours.show.id,
      channelId: '200',
      hostUserId: '300',
      title: 'Planned',
      description: '',
      startsAt: new Date(),
      durationMinutes: 60,
      scheduledEventId: ours.guild.id,
    });
    const before = await catalog.shows.byId(ours.show.id);
    expect(await catalog.shows.ofGuild(theirs.id, ours.show.id)).toBeUndefined();
    expect(await catalog.sessions.ofGuild(theirs.id, ours.session.id)).toBeUndefined();
    expect(await catalog.sessions.listFor(theirs.id)).toEqual([]);
    expect(await catalog.episodes.ofGuild(theirs.id, ours.episode.id)).toBeUndefined();
    expect(await catalog.episodes.listFor(theirs.id)).toEqual([]);
    expect(await catalog.episodes.listFor(theirs.id, { showId: ours.show.id })).toEqual([]);
    expect(await catalog.episodes.listFor(theirs.id, { sessionId: ours.session.id })).toEqual([]);
    expect(await catalog.webinars.ofGuild(theirs.id, webinar.id)).toBeUndefined();
    expect(await catalog.webinars.byScheduledEvent(theirs.id, ours.guild.id)).toBeUndefined();
    expect(await catalog.webinars.listFor(theirs.id)).toEqual([]);
    for (const attempt of [
      () => catalog.shows.update(theirs.id, ours.show.id, { title: 'Ours now' }),
      () => catalog.episodes.publish(theirs.id, ours.episode.id),
      () => catalog.episodes.remaster(theirs.id, ours.episode.id),
      () => catalog.webinars.start(theirs.id, webinar.id),
      () => catalog.webinars.end(theirs.id, webinar.id),
      () => catalog.webinars.cancel(theirs.id, webinar.id),
      () => catalog.webinars.takeBackStart(theirs.id, webinar.id),
      () => recordingSession(catalog, { ...ours.show, guild_id: theirs.id }),
      () => catalog.webinars.create({ ...newWebinar, guildId: theirs.id, showId: ours.show.id }),
    ])
      await expect(attempt()).rejects.toThrow(NotInCatalogError);
    expect(await catalog.shows.byId(ours.show.id)).toEqual(before);
    expect(await catalog.webinars.ofGuild(ours.guild.id, webinar.id)).toEqual(webinar);
  });

  const newWebinar = {
    channelId: '200',
    hostUserId: '300',
    title: 'Planned',
    description: 'About',
    startsAt: new Date('2026-12-01T18:00:00Z'),
    durationMinutes: 60,
  };

  test('a webinar goes from scheduled to live to ended, and no other way', async () => {
    const { guild, show } = await recordedEpisode(catalog);
    const planned = { ...newWebinar, guildId: guild.id, showId: show.id };
    const later = await catalog.webinars.create({ ...planned, startsAt: new Date('2027-01-01T18:00:00Z') });
    const scheduledEventId = `event-${guild.id}`;
    const { id } = await catalog.webinars.create({ ...planned, scheduledEventId });
    await expect(catalog.webinars.end(guild.id, id)).rejects.toThrow(StateError);
    expect((await catalog.webinars.byScheduledEvent(guild.id, scheduledEventId))?.id).toBe(id);
    expect((await catalog.webinars.start(guild.id, id)).state).toBe('live');
    expect((await catalog.webinars.takeBackStart(guild.id, id)).state).toBe('scheduled');
    const plan = {
      channelId: '201',
      title: 'Moved',
      description: '',
      startsAt: new Date('2026-12-02T18:00:00Z'),
    };
    expect(await catalog.webinars.replan(guild.id, scheduledEventId, plan)).toMatchObject({
      ...{ channel_id: '201', title: 'Moved', description: '', starts_at: plan.startsAt, state: 'scheduled' },
      duration_minutes: 60,
    });
    const longer = { ...plan, durationMinutes: 90 };
    expect(await catalog.webinars.replan(guild.id, scheduledEventId, longer)).toMatchObject({
      duration_minutes: 90,
    });
    expect((await catalog.webinars.start(guild.id, id)).state).toBe('live');
    expect(await catalog.webinars.replan(guild.id, scheduledEventId, plan)).toBeUndefined();
    await expect(catalog.webinars.start(guild.id, id)).rejects.toMatchObject({
      standing: { noun: 'webinar', state: 'live', title: 'Moved' },
    });
    await expect(catalog.webinars.cancel(guild.id, id)).rejects.toThrow(StateError);
    expect((await catalog.webinars.end(guild.id, id)).state).toBe('ended');
    expect((await catalog.webinars.listFor(guild.id)).map((webinar) => webinar.id)).toEqual([id, later.id]);
    expect(await catalog.webinars.listFor(guild.id, { states: ['scheduled'] })).toEqual([later]);
    expect((await catalog.webinars.cancel(guild.id, later.id)).state).toBe('cancelled');
  });

  test('a session is sealed once, however often the recorder says so', async () => {
    const show = await catalog.shows.createDefaultFor(newGuild());
    const session = await recordingSession(catalog, show);
    expect(await catalog.sessions.listLive(show.guild_id)).toEqual([session]);
    const sealed = await catalog.sessions.seal(session.id, sealing);
    expect(sealed).toMatchObject({
      state: 'sealed',
      duration_us: 3_600_000_000,
      speakers: 4,
      ended_at: sealing.endedAt,
    });
    expect(await catalog.sessions.seal(session.id, { ...sealing, speakers: 9 })).toBeUndefined();
    await catalog.sessions.fail(session.id, new Date());
    expect(await catalog.sessions.byId(session.id)).toEqual(sealed);
    expect(await catalog.sessions.listLive(show.guild_id)).toEqual([]);
    await expect(catalog.sessions.seal(randomUUID(), sealing)).rejects.toThrow(NotInCatalogError);
  });

  test('a session that was given up can still turn out to have been recorded', async () => {
    const show = await catalog.shows.createDefaultFor(newGuild());
    const { id } = await recordingSession(catalog, show);
    await catalog.sessions.fail(id, new Date());
    expect((await catalog.sessions.byId(id))?.state).toBe('failed');
    expect((await catalog.sessions.seal(id, sealing))?.state).toBe('sealed');
  });

  test('a secret is the same for ever, also for many who ask first', async () => {
    const secrets = await Promise.all(Array.from({ length: 4 }, () => catalog.secrets.getOrCreate('one')));
    for (const secret of secrets) expect(secret).toEqual(secrets[0]);
    expect(secrets[0]).toHaveLength(32);
    expect(await catalog.secrets.getOrCreate('two')).not.toEqual(secrets[0]);
  });

  test('all of it is there when the catalog is opened again', async () => {
    const { show, episode } = await recordedEpisode(catalog);
    const secret = await catalog.secrets.getOrCreate('kept');
    await opened.catalog.close();
    opened.catalog = await openCatalog(opened.options);
    catalog = opened.catalog;
    expect(await catalog.shows.byId(show.id)).toEqual(show);
    expect(await catalog.episodes.byId(episode.id)).toEqual({ ...episode, renditions: [] });
    expect(await catalog.secrets.getOrCreate('kept')).toEqual(secret);
  });
});
