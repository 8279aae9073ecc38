import { createHash } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { publishAndTell } from '../../src/jobs/publish-and-tell.ts';
import { mastered, recordedEpisode } from '../catalog/support/stories.ts';
import { newGuild, openTestCatalog, quietLogger, type TestCatalog } from '../catalog/support/test-catalog.ts';

let opened: TestCatalog;
beforeAll(async () => {
  opened = await openTestCatalog();
});
afterAll(() => opened.remove());

test('the catalog has for hosts what the gate found when a feed was written last, and when it was refused', async () => {
  const { catalog, options } = opened;
  const media = createFolderStore(path.join(options.dataFolder, 'media'));
  const { guild, show, episode } = await recordedEpisode(catalog);
  const audio = Buffer.from('the audio of an episode');
  const sha256 = createHash('sha256').update(audio).digest('hex');
  const renditions = mastered().renditions.map((each) => ({ ...each, bytes: audio.length, sha256 }));
  for (const { mediaKey, mimeType } of renditions)
    await media.put(mediaKey, { body: audio }, { contentType: mimeType });
  await catalog.episodes.markReady(episode.id, mastered({ renditions }));
  const publish = () =>
    publishAndTell(
      {
        ...{ catalog, media, baseUrl: 'http://127.0.0.1:8080', logger: quietLogger },
        scratchFolder: path.join(options.dataFolder, 'scratch'),
      },
      show.id,
    );
  await catalog.episodes.publish(guild.id, episode.id);
  expect(await catalog.shows.feedReportOf(guild.id, show.id)).toBeUndefined();
  await publish();
  const written = (await catalog.shows.feedReportOf(guild.id, show.id))!;
  const { feed_revision: revision } = (await catalog.shows.byId(show.id))!;
  expect(written).toMatchObject({ revision, episodes: 1, refusals: [] });
  expect(written.remarks.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('Only this machine reaches http://127.0.0.1:8080'),
  );
  expect(Date.now() - written.madeAt.getTime()).toBeLessThan(60_000);
  // Another server's hosts ask in vain.
  expect(await catalog.shows.feedReportOf(newGuild().id, show.id)).toBeUndefined();

  await catalog.shows.update(guild.id, show.id, { category: 'Webinars' });
  await expect(publish()).rejects.toThrow('The feed was not written');
  const refused = (await catalog.shows.feedReportOf(guild.id, show.id))!;
  expect(refused).toMatchObject({ episodes: null, remarks: [], revision: revision + 1 });
  expect(refused.refusals.join()).toContain('"Webinars" is no category of Apple\'s list');
});
