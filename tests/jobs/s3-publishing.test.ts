/** Publishing into a bucket: through a store that is stopped and started, and by a whole installation over HTTP. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { setUpBucket } from '../../publisher/media/s3-setup.ts';
import { startApplication } from '../../src/app.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { checkMediaStore } from '../../src/cli/doctor/storage.ts';
import { readConfig } from '../../src/config.ts';
import { startWorkers } from '../../src/jobs/index.ts';
import { openTestCatalog, quietLogger, testBaseUrl } from '../catalog/support/test-catalog.ts';
import { freePort } from '../cli/support/ports.ts';
import { describeOnS3, s3Settings, storeWith } from '../publisher/media/s3-server.ts';
import { startProxy } from '../publisher/media/tcp-proxy.ts';
import { quickPolicies } from './support/installation.ts';
import { publish, readyEpisode } from './support/ready-episode.ts';

const { endpoint = '', accessKeyId, secretAccessKey } = s3Settings();

async function newInstallation() {
  const bucket = `publishing-${randomUUID()}`;
  const direct = storeWith({ bucket, prefix: 'pods', publicUrl: `${endpoint}/${bucket}/pods` });
  await Array.fromAsync(setUpBucket(direct));
  const opened = await openTestCatalog();
  onTestFinished(() => opened.remove());
  return { bucket, direct, opened, proxy: await startProxy(endpoint) };
}

describeOnS3('publishing into a bucket', () => {
  test('a store that is stopped holds work up and loses nothing; the operator is told', async () => {
    const { bucket, direct, opened, proxy } = await newInstallation();
    await opened.catalog.close();
    const publishPolicy = quickPolicies.publish;
    const jobPolicies = {
      ...quickPolicies,
      publish: { ...publishPolicy, queue: { ...publishPolicy.queue, retryLimit: 60 } },
    };
    opened.catalog = await openCatalog({ ...opened.options, jobPolicies });
    const { catalog } = opened;
    const media = storeWith(
      { bucket, prefix: 'pods', endpoint: proxy.endpoint },
      { maxAttempts: 2, connectWithinMs: 500, idleMs: 500 },
    );
    const { guild, show, episode } = await readyEpisode(catalog, direct);
    const logger = Object.assign(Object.create(quietLogger) as typeof quietLogger, { error: vi.fn() });
    const queueErrors = vi.spyOn(quietLogger, 'error');
    const folder = path.join(opened.options.dataFolder, 'x');
    const workers = await startWorkers({
      ...{
        catalog,
        media,
        logger,
        baseUrl: testBaseUrl,
        exportLifeMs: 1000,
        ffmpegPath: 'none',
        ffprobePath: 'none',
      },
      ...{ sessionsFolder: folder, scratchFolder: folder, exportsFolder: folder },
    });
    onTestFinished(() => workers.close());
    const stateOf = async () => (await catalog.episodes.byId(episode.id))?.state;
    const failures = () =>
      queueErrors.mock.calls.filter(([about]) => (about as { err?: { code?: string } }).err?.code === 'away')
        .length;

    for (const state of ['refused', 'silent'] as const) {
      await proxy.become(state);
      if (state === 'refused') await publish(catalog, guild.id, episode.id);
      const before = failures();
      await expect.poll(failures, { timeout: 30_000 }).toBeGreaterThan(before + 1);
      expect(await stateOf()).toBe('publishing');
      expect(await direct.list('shows/')).toEqual([]);
      const s3 = { ...s3Settings({ bucket, prefix: 'pods', endpoint: proxy.endpoint }) };
      if (state === 'refused')
        expect(await checkMediaStore({ s3, mediaFolder: folder })).toMatchObject([
          { verdict: 'fault', remedy: expect.stringContaining('work waits') as string },
        ]);
    }
    // Back, but with a cut in every few answers.
    await proxy.become('open');
    proxy.cutAfter(1500, 3);
    await expect.poll(stateOf, { timeout: 60_000 }).toBe('published');
    const feed = await text((await direct.read(`shows/${show.slug}/feed.xml`))!.body);
    expect(feed).toContain(episode.guid);
    expect(feed).toContain('</rss>');
  });

  test('a whole installation publishes, serves by ranges, and lets the world read the rest at the bucket', async () => {
    const { bucket, direct, opened } = await newInstallation();
    const { dataFolder } = opened.options;
    const { guild, show, episode, audio } = await readyEpisode(opened.catalog, direct);
    await publish(opened.catalog, guild.id, episode.id);
    await opened.catalog.close();
    const port = await freePort();
    const config = readConfig({
      ...{ DATA_FOLDER: dataFolder, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port), LOG_LEVEL: 'silent' },
      ...{ S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_PREFIX: 'pods' },
      ...{ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey },
      S3_PUBLIC_URL: `${endpoint}/${bucket}/pods`,
    });
    const application = await startApplication(config, ['worker', 'api']);
    try {
      const feedUrl = `http://127.0.0.1:${port}/shows/${show.slug}/feed.xml`;
      await expect.poll(async () => (await fetch(feedUrl)).status, { timeout: 30_000 }).toBe(200);
      const feed = await fetch(feedUrl);
      expect(feed.headers.get('content-type')).toContain('application/rss+xml');
      const xml = await feed.text();
      expect(xml).toContain(episode.guid);
      const [, url = ''] = /<enclosure url="([^"]+)"/.exec(xml) ?? [];
      const enclosure = new URL(new URL(url).pathname, feedUrl);
      const part = await fetch(enclosure, { headers: { Range: 'bytes=4-8' } });
      expect([part.status, await part.text()]).toEqual([206, String(audio.subarray(4, 9))]);
      const direct200 = await fetch(direct.publicUrl(`shows/${show.slug}/feed.xml`)!);
      expect(await direct200.text()).toBe(xml);
      expect(await checkMediaStore(config)).toMatchObject([{ verdict: 'good' }]);
    } finally {
      await application.close();
    }
    opened.catalog = await openCatalog(opened.options);
    expect(await opened.catalog.episodes.byId(episode.id)).toMatchObject({
      state: 'published',
      failure: null,
    });
  });
});
