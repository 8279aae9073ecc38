/** What happens by itself: publication that was planned, feeds that are written anew, audio whose time is over. */
import { hash } from 'node:crypto';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { periodically } from '../../src/jobs/periodically.ts';
import { publishDue } from '../../src/jobs/publish-due.ts';
import { publishJob } from '../../src/jobs/publish-job.ts';
import { refreshJob } from '../../src/jobs/refresh-job.ts';
import { takeDownJob } from '../../src/jobs/take-down-job.ts';
import { sweepRetired } from '../../src/jobs/sweep-retired.ts';
import { mastered, recordedEpisode } from '../catalog/support/stories.ts';
import {
  newGuild,
  openTestCatalog,
  quietLogger,
  testBaseUrl,
  type TestCatalog,
} from '../catalog/support/test-catalog.ts';

let opened: TestCatalog;
beforeAll(async () => {
  opened = await openTestCatalog();
});
afterAll(() => opened.remove());

const DAY_MS = 24 * 3600 * 1000;
const signal = new AbortController().signal;

async function setUp() {
  const { catalog, options } = opened;
  const media = createFolderStore(path.join(options.dataFolder, 'media'));
  const scratchFolder = path.join(options.dataFolder, 'scratch');
  const work = { catalog, media, baseUrl: testBaseUrl, scratchFolder, logger: quietLogger };
  const story = await recordedEpisode(catalog, { guild: newGuild() });
  const episodeId = story.episode.id;
  let times = 0;
  const master = async () => {
    const audio = Buffer.from(`audio ${(times += 1)} of ${episodeId}`);
    const renditions = mastered().renditions.map((rendition) => ({
      ...rendition,
      mediaKey: `media/${story.show.id}/${episodeId}/${rendition.id}.${rendition.kind}`,
      ...{ bytes: audio.length, sha256: hash('sha256', audio) },
    }));
    for (const { mediaKey, mimeType } of renditions)
      await media.put(mediaKey, { body: audio }, { contentType: mimeType });
    await catalog.episodes.markReady(episodeId, mastered({ renditions }));
    return renditions.map(({ mediaKey }) => mediaKey).sort();
  };
  const publish = () => publishJob(work).run({ id: 'job', payload: { episodeId }, signal });
  const feed = async () => {
    const found = await media.read(`shows/${story.show.slug}/feed.xml`);
    return found && String(await buffer(found.body));
  };
  const audioKeys = () => media.list(`media/${story.show.id}/${episodeId}/`);
  return { ...story, episodeId, catalog, media, work, master, publish, feed, audioKeys };
}

test('an episode planned for a moment that passed while nothing ran is published, dated as planned', async () => {
  const { guild, catalog, work, master, publish, feed, episodeId, episode } = await setUp();
  await master();
  const planned = new Date('2026-11-20T18:00:00Z');
  await catalog.episodes.schedule(guild.id, episodeId, planned);
  await publishDue(work, new Date(planned.getTime() - 1));
  expect(await catalog.episodes.byId(episodeId)).toMatchObject({ state: 'ready' });
  await publishDue(work, new Date(planned.getTime() + 5 * DAY_MS));
  // Twice in a row, as two workers may: it is asked for once.
  await publishDue(work, new Date(planned.getTime() + 5 * DAY_MS));
  await publish();
  expect(await catalog.episodes.byId(episodeId)).toMatchObject({ state: 'published', published_at: planned });
  expect(await feed()).toContain(`<guid isPermaLink="false">${episode.guid}</guid><pubDate>Fri, 20 Nov 2026`);
});

test('replaced audio gets a new address, keeps guid and date, and the former stays thirty days', async () => {
  const { guild, catalog, work, master, publish, feed, audioKeys, episodeId, episode } = await setUp();
  const first = await master();
  await catalog.episodes.publish(guild.id, episodeId);
  await publish();
  const date = /<pubDate>[^<]+<\/pubDate><description>/.exec((await feed())!)![0];
  await catalog.episodes.remaster(guild.id, episodeId);
  const second = await master();
  await catalog.episodes.publish(guild.id, episodeId);
  await publish();
  const xml = (await feed())!;
  expect(xml).toContain(episode.guid);
  expect(xml).toContain(date);
  for (const key of second) expect(xml).toContain(key);
  for (const key of first) expect(xml).not.toContain(key);
  expect(await audioKeys()).toEqual([...first, ...second].sort());
  await sweepRetired(work, new Date(Date.now() + 29 * DAY_MS));
  expect(await audioKeys()).toEqual([...first, ...second].sort());
  await sweepRetired(work, new Date(Date.now() + 31 * DAY_MS));
  expect(await audioKeys()).toEqual(second);
});

test('audio that was replaced before anybody could have it goes at once', async () => {
  const { guild, catalog, master, publish, audioKeys, episodeId } = await setUp();
  await master();
  await catalog.episodes.remaster(guild.id, episodeId);
  const second = await master();
  await catalog.episodes.publish(guild.id, episodeId);
  await publish();
  expect(await audioKeys()).toEqual(second);
});

test('an erasure takes the former audio too, whatever time it had left', async () => {
  const { guild, catalog, master, publish, episodeId } = await setUp();
  const first = await master();
  await catalog.episodes.publish(guild.id, episodeId);
  await publish();
  await catalog.episodes.remaster(guild.id, episodeId);
  const second = await master();
  expect((await catalog.episodes.redo(episodeId)).sort()).toEqual([...first, ...second].sort());
  expect(await catalog.retiredMedia.of(episodeId)).toEqual([]);
});

test('a withdrawn episode leaves feed and page by a refresh; a show that never was public is left alone', async () => {
  const { guild, show, catalog, media, work, master, publish, feed, episodeId, episode } = await setUp();
  const refresh = () => refreshJob(work).run({ id: 'job', payload: { showId: show.id }, signal });
  await refresh();
  expect(await feed()).toBeUndefined();
  await master();
  await catalog.episodes.publish(guild.id, episodeId);
  await publish();
  const pages = `shows/${show.slug}/episodes/${episode.slug}/`;
  expect(await media.list(pages)).not.toEqual([]);
  await catalog.episodes.withdraw(guild.id, episodeId);
  await refresh();
  expect(await feed()).not.toContain(episode.guid);
  expect(await media.list(pages)).toEqual([]);
  await catalog.episodes.publish(guild.id, episodeId);
  await publish();
  expect(await feed()).toContain(episode.guid);
});

test('a first publication that failed half-way leaves nothing behind once its words must go', async () => {
  const { catalog, media, work, master, episodeId, show, episode } = await setUp();
  const keys = await master();
  const folder = `shows/${show.slug}/episodes/${episode.slug}/`;
  for (const file of ['index.html', 'embed/index.html', 'transcript/2/index.html', 'chapters.json'])
    await media.put(`${folder}${file}`, { body: Buffer.from('words') }, { contentType: 'text/html' });
  await media.put(
    `shows/${show.slug}/feed.xml`,
    { body: Buffer.from(episode.guid) },
    { contentType: 'text/xml' },
  );
  const mediaKeys = await catalog.episodes.redo(episodeId);
  await takeDownJob(work).run({ id: 'job', payload: { episodeId, mediaKeys }, signal });
  expect(await media.list(folder)).toEqual([]);
  for (const key of keys) expect(await media.head(key)).toBeUndefined();
  const stored = await media.read(`shows/${show.slug}/feed.xml`);
  expect(String(await buffer(stored!.body))).not.toContain(episode.guid);
});

test('one file that cannot be deleted keeps no other from going', async () => {
  const { guild, catalog, media, work, master, publish, audioKeys, episodeId } = await setUp();
  const first = await master();
  await catalog.episodes.publish(guild.id, episodeId);
  await publish();
  await catalog.episodes.remaster(guild.id, episodeId);
  const second = await master();
  const locked = {
    ...media,
    delete: (key: string) => (key === first[0] ? Promise.reject(new Error('locked')) : media.delete(key)),
  };
  const later = new Date(Date.now() + 31 * DAY_MS);
  await sweepRetired({ ...work, media: locked }, later);
  expect(await audioKeys()).toEqual([first[0], ...second].sort());
  await sweepRetired(work, later);
  expect(await audioKeys()).toEqual(second);
});

test('a turn that fails or lasts does not hold up the clock: one at a time, and the next one comes', async () => {
  const turns: (() => void)[] = [];
  let begun = 0;
  const run = () => {
    begun += 1;
    return begun === 1
      ? Promise.reject(new Error('the first one fails'))
      : new Promise<void>((resolve) => turns.push(resolve));
  };
  const clock = periodically({ what: 'Test', everyMs: 5, run }, quietLogger);
  await expect.poll(() => begun).toBe(2);
  // Several intervals go by while the second turn lasts.
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(begun).toBe(2);
  turns[0]!();
  await expect.poll(() => begun).toBe(3);
  turns[1]!();
  await clock.close();
});
