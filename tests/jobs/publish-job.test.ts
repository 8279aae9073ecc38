import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { publishJob } from '../../src/jobs/publish-job.ts';
import { mastered, recordedEpisode } from '../catalog/support/stories.ts';
import {
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

test('one broken file of a show refuses one episode; its hosts are told, and a new mastering heals it', async () => {
  const { catalog, options } = opened;
  const media = createFolderStore(path.join(options.dataFolder, 'media'));
  const logger = Object.assign(Object.create(quietLogger) as typeof quietLogger, { error: vi.fn() });
  const job = publishJob({
    catalog,
    media,
    baseUrl: testBaseUrl,
    scratchFolder: path.join(options.dataFolder, 'scratch'),
    logger,
  });
  const audio = Buffer.from('the audio of an episode');
  const sha256 = hash('sha256', audio);
  const master = async (id: string) => {
    const renditions = mastered().renditions.map((rendition) => ({
      ...rendition,
      bytes: audio.length,
      sha256,
    }));
    for (const { mediaKey, mimeType } of renditions)
      await media.put(mediaKey, { body: audio }, { contentType: mimeType });
    await catalog.episodes.markReady(id, mastered({ renditions }));
    return renditions[0]!.mediaKey;
  };
  const first = await recordedEpisode(catalog, { title: 'First' });
  const { guild, show } = first;
  const publish = async (id: string) => {
    await catalog.episodes.publish(guild.id, id);
    await job.run({ id: 'job', payload: { episodeId: id }, signal: new AbortController().signal });
    return catalog.episodes.byId(id);
  };
  const feed = () => readFile(path.join(options.dataFolder, `media/shows/${show.slug}/feed.xml`), 'utf8');
  const key = await master(first.episode.id);
  expect(await publish(first.episode.id)).toMatchObject({ state: 'published', failure: null });

  await media.delete(key);
  const second = await recordedEpisode(catalog, { title: 'Second', guild });
  await master(second.episode.id);
  expect(await publish(second.episode.id)).toMatchObject({ state: 'published', failure: null });
  const told = '“First” cannot stand in the feed: its M4A is not in the media store. Type /episode remaster';
  expect(await catalog.episodes.byId(first.episode.id)).toMatchObject({
    state: 'published',
    failure: expect.stringContaining(told) as string,
  });
  expect(logger.error).toHaveBeenCalledWith(
    expect.objectContaining({ episodeId: first.episode.id }),
    'An episode is left out of its feed',
  );
  expect(await feed()).toContain(second.episode.guid);
  expect(await feed()).not.toContain(first.episode.guid);

  // Asked for by name, it is refused at once, and what stands stays.
  expect(await publish(first.episode.id)).toMatchObject({
    state: 'published',
    failure: expect.stringContaining(told) as string,
  });
  const third = await recordedEpisode(catalog, { title: 'Third', guild });
  await media.delete(await master(third.episode.id));
  expect(await publish(third.episode.id)).toMatchObject({ state: 'failed', published_at: null });
  expect(await feed()).toContain(second.episode.guid);

  await catalog.episodes.remaster(guild.id, first.episode.id);
  await master(first.episode.id);
  expect(await publish(first.episode.id)).toMatchObject({ state: 'published', failure: null });
  expect(await feed()).toContain(first.episode.guid);
});
