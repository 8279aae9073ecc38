import { hash } from 'node:crypto';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { publishJob } from '../../src/jobs/publish-job.ts';
import { storeRenditions, sweepRenditions } from '../../src/jobs/store-renditions.ts';
import { keepOnly, storeTranscript } from '../../src/jobs/store-transcript.ts';
import { sweepRetired } from '../../src/jobs/sweep-retired.ts';
import { placeMedia } from '../../src/jobs/place-media.ts';
import { refreshJob } from '../../src/jobs/refresh-job.ts';
import type { EpisodeVisibility } from '../../src/catalog/index.ts';
import { writeFile } from 'node:fs/promises';
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

const signal = new AbortController().signal;
const cue = {
  ...{ track: 1, speaker: 'Inès', startUs: 0, endUs: 1_000_000 },
  words: [{ text: 'Hello.', startUs: 0, endUs: 1_000_000 }],
};

async function setUp(visibility: EpisodeVisibility = 'public') {
  const { catalog, options } = opened;
  const media = createFolderStore(path.join(options.dataFolder, 'media'));
  const scratchFolder = path.join(options.dataFolder, 'scratch');
  const work = { catalog, media, baseUrl: testBaseUrl, scratchFolder, logger: quietLogger };
  const { guild, show, episode } = await recordedEpisode(catalog, { guild: newGuild() });
  const episodeId = episode.id;
  await catalog.episodes.describe(guild.id, episodeId, { visibility });
  const read = async () => (await catalog.episodes.byId(episodeId))!;
  const bytes = Buffer.from(`audio of ${episodeId}`);
  const file = path.join(options.dataFolder, `${episodeId}.mp3`);
  await writeFile(file, bytes);
  const rendered = {
    ...{ kind: 'mp3' as const, path: file, bytes: bytes.length, sha256: hash('sha256', bytes) },
    ...{ mimeType: 'audio/mpeg', durationUs: 3.6e9, integratedLufs: -19, truePeakDbtp: -1.5 },
  };
  const renditions = await storeRenditions(media, { ...(await read()), erasedTracks: 0 }, [rendered], signal);
  await catalog.episodes.markReady(episodeId, mastered({ renditions }));
  const files = await storeTranscript(media, await read(), [cue]);
  await catalog.transcripts.record(episodeId, { state: 'ready', cues: 1, files });
  const publish = async () => {
    await catalog.episodes.publish(guild.id, episodeId);
    await publishJob(work).run({ id: 'job', payload: { episodeId }, signal });
  };
  const refresh = () => refreshJob(work).run({ id: 'job', payload: { showId: show.id }, signal });
  const become = (to: EpisodeVisibility) =>
    catalog.episodes.describe(guild.id, episodeId, { visibility: to });
  const keys = async () => ({
    open: await media.list(`media/${show.id}/`),
    hidden: await media.list(`private/media/${show.id}/`),
  });
  const named = async () => {
    const { renditions: all, transcript } = await read();
    return [
      ...all.map((each) => each.media_key),
      transcript!.vtt_key!,
      transcript!.srt_key!,
      transcript!.json_key!,
    ];
  };
  const feed = async () => String(await buffer((await media.read(`shows/${show.slug}/feed.xml`))!.body));
  return {
    ...{ catalog, media, work, guild, show, episodeId, bytes },
    read,
    publish,
    refresh,
    become,
    keys,
    named,
    feed,
  };
}

test('a members’ episode is stored under the private prefix from the beginning, and told to nobody’s cache', async () => {
  const { catalog, media, keys, named, publish, become, refresh, show, feed, read } = await setUp('members');
  const { open, hidden } = await keys();
  expect(open).toEqual([]);
  expect(hidden.toSorted()).toEqual((await named()).toSorted());
  for (const key of await named())
    expect(await media.head(key)).toMatchObject({ cacheControl: 'private, no-store' });
  await publish();
  expect(await read()).toMatchObject({ state: 'published', failure: null });
  // Nothing of the show is for everybody yet, so nothing of it is in the open.
  expect(await media.list(`shows/${show.slug}/`)).toEqual([]);
  expect((await catalog.shows.byId(show.id))?.published_at).toBeNull();
  expect((await keys()).open).toEqual([]);
  await become('public');
  expect((await catalog.shows.byId(show.id))?.published_at).not.toBeNull();
  await refresh();
  expect(await feed()).toContain('<item>');
});

test('what becomes members’ leaves the open with every file, its pages and the feed, and comes back under new addresses', async () => {
  const { media, bytes, keys, named, publish, refresh, become, feed, show, read } = await setUp();
  await publish();
  const before = await named();
  expect(await feed()).toContain(before[0]!);
  expect((await media.list(`shows/${show.slug}/episodes/`)).length).toBeGreaterThan(0);

  await become('members');
  await refresh();
  expect(await feed()).not.toContain('<item>');
  expect(await media.list(`shows/${show.slug}/episodes/`)).toEqual([]);
  const hidden = await named();
  expect(await keys()).toEqual({ open: [], hidden: expect.arrayContaining(hidden) as string[] });
  for (const key of hidden) expect(key).toMatch(/^private\/media\//);
  expect(await media.head(hidden[0]!)).toMatchObject({
    ...{ cacheControl: 'private, no-store', contentType: 'audio/mpeg', sha256: hash('sha256', bytes) },
  });
  expect(String(await buffer((await media.read(hidden[1]!))!.body))).toContain('Hello.');

  await become('public');
  await refresh();
  const after = await named();
  expect((await keys()).open.toSorted()).toEqual(after.toSorted());
  expect((await keys()).hidden).toEqual([]);
  expect(after.filter((key) => before.includes(key))).toEqual([]);
  expect(await media.head(after[0]!)).toMatchObject({ cacheControl: 'public, max-age=31536000, immutable' });
  expect(await feed()).toContain(after[0]!);
  expect(await read()).toMatchObject({ state: 'published', failure: null });
});

test('a move that dies after the catalog knows leaves nothing in the open', async () => {
  const { work, show, publish, become, keys, named } = await setUp();
  await publish();
  await become('members');
  const former = await placeMedia(work, show.id);
  expect((await keys()).open.toSorted()).toEqual(former.toSorted());
  await sweepRetired(work, new Date());
  expect(await keys()).toEqual({ open: [], hidden: expect.arrayContaining(await named()) as string[] });
  expect(await placeMedia(work, show.id)).toEqual([]);
});

test('an episode that changed while its files were copied is not moved; the next try does it', async () => {
  const { catalog, work, show, become, named, read, episodeId } = await setUp();
  await become('members');
  const stale = await read();
  await become('public');
  expect(await catalog.mediaMoves.move(stale, { renditions: [] })).toBeUndefined();
  await become('members');
  // It is made anew under our eyes.
  const media = {
    ...work.media,
    put: async (...args: Parameters<typeof work.media.put>) => {
      await catalog.transcripts.record(episodeId, { state: 'ready', cues: 0 });
      return work.media.put(...args);
    },
  };
  const transcript = (await read()).transcript!;
  expect(await placeMedia({ ...work, media }, show.id)).toEqual([]);
  await catalog.transcripts.record(episodeId, {
    ...{ state: 'ready', cues: 1 },
    files: { vttKey: transcript.vtt_key!, srtKey: transcript.srt_key!, jsonKey: transcript.json_key! },
  });
  expect((await placeMedia(work, show.id)).length).toBe(4);
  for (const key of await named()) expect(key).toMatch(/^private\//);
});

test('an episode that becomes members’ again while its files are copied into the open has none there', async () => {
  const { work, show, become, named, keys } = await setUp('members');
  const hidden = await named();
  await become('public');
  let copies = 0;
  const media = {
    ...work.media,
    put: async (...args: Parameters<typeof work.media.put>) => {
      copies += 1;
      if (copies === 1) await become('members');
      return work.media.put(...args);
    },
  };
  expect(await placeMedia({ ...work, media }, show.id)).toEqual([]);
  expect(copies).toBe(4);
  expect(await keys()).toEqual({ open: [], hidden: hidden.toSorted() });
  expect(await named()).toEqual(hidden);
});

test('sweeping knows both places', async () => {
  const { media, work, episodeId, named, show, become, refresh, publish, read, keys } = await setUp();
  await publish();
  await become('members');
  await refresh();
  const left = [`media/${show.id}/${episodeId}/left.mp3`, `private/media/${show.id}/${episodeId}/left.mp3`];
  for (const key of left) await media.put(key, { body: Buffer.from('x') }, { contentType: 'audio/mpeg' });
  await sweepRenditions(work, episodeId);
  const { open, hidden } = await keys();
  expect(open).toEqual([]);
  expect(hidden).toEqual(expect.arrayContaining(await named()));
  expect(hidden).not.toContain(left[1]);
  await keepOnly(media, await read(), []);
  expect((await keys()).hidden.filter((key) => key.includes('transcript-'))).toEqual([]);
});
