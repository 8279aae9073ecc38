/** Hubs that are told of changes: real servers on loopback that speak as hubs do. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { announceJob } from '../../src/jobs/announce-job.ts';
import { refreshJob } from '../../src/jobs/refresh-job.ts';
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

async function hub(status = 204) {
  const requests: { method: string; url: string; body: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, body, headers });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function publicShow(feed: object) {
  const { catalog } = opened;
  const story = await recordedEpisode(catalog, { guild: newGuild() });
  await catalog.episodes.markReady(story.episode.id, mastered());
  await catalog.episodes.publish(story.guild.id, story.episode.id);
  await catalog.episodes.markPublished(story.episode.id);
  await catalog.shows.update(story.guild.id, story.show.id, { feed });
  return { ...story, feedUrl: `${testBaseUrl}/shows/${story.show.slug}/feed.xml` };
}

const run = (showId: string, podping?: { url: string; token: string }) =>
  announceJob({
    ...{ catalog: opened.catalog, baseUrl: testBaseUrl, logger: quietLogger },
    ...{ outsideFetch: fetch, podping },
  }).run({ id: 'job', payload: { showId }, signal: new AbortController().signal });

test('every hub gets the address of the feed, in the form that hubs take', async () => {
  const hubs = [await hub(), await hub(202)];
  const { show, feedUrl } = await publicShow({ hubUrls: hubs.map(({ url }) => url) });
  await run(show.id);
  for (const { requests } of hubs) {
    expect(requests).toMatchObject([{ method: 'POST' }]);
    expect(requests[0]!.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(requests[0]!.body))).toEqual({
      ...{ 'hub.mode': 'publish', 'hub.url': feedUrl },
    });
  }
});

test('one hub that is away keeps no other from being told, and has it tried again', async () => {
  const [away, well] = [await hub(503), await hub()];
  const { show } = await publicShow({ hubUrls: [away.url, 'http://127.0.0.1:9/', well.url] });
  await expect(run(show.id)).rejects.toThrow(/status 503; http:\/\/127\.0\.0\.1:9\//);
  expect(well.requests).toHaveLength(1);
});

test('podping is told where show and operator both chose it, with its token', async () => {
  const gateway = await hub(200);
  const podping = { url: gateway.url, token: 'a token' };
  const off = await publicShow({});
  await run(off.show.id, podping);
  expect(gateway.requests).toEqual([]);
  const { show, feedUrl } = await publicShow({ usesPodping: true });
  await run(show.id);
  await run(show.id, podping);
  expect(gateway.requests).toHaveLength(1);
  const [{ url, headers }] = gateway.requests as [(typeof gateway.requests)[0]];
  expect(Object.fromEntries(new URL(url, gateway.url).searchParams)).toEqual({
    ...{ url: feedUrl, reason: 'update', medium: 'podcast' },
  });
  expect(headers.authorization).toBe('a token');
});

test('it is asked for after a real change alone', async () => {
  const { catalog, options } = opened;
  const { show, guild } = await publicShow({ hubUrls: ['https://hub.example.org/'] });
  const announced: string[] = [];
  const watched = {
    ...catalog,
    queue: {
      ...catalog.queue,
      enqueue: (name: string) => Promise.resolve(void announced.push(name)),
    } as typeof catalog.queue,
  };
  const media = createFolderStore(path.join(options.dataFolder, 'media-announce'));
  const scratchFolder = path.join(options.dataFolder, 'scratch');
  const work = { catalog: watched, media, baseUrl: testBaseUrl, scratchFolder, logger: quietLogger };
  const refresh = () =>
    refreshJob(work).run({ id: 'job', payload: { showId: show.id }, signal: new AbortController().signal });
  await refresh();
  expect(announced).toEqual(['announce']);
  await refresh();
  expect(announced).toEqual(['announce']);
  await catalog.shows.update(guild.id, show.id, { title: 'Renamed' });
  await refresh();
  expect(announced).toEqual(['announce', 'announce']);
});
