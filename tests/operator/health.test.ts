import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPublisherApp } from '../../publisher/app.ts';
import { createFeedFetches } from '../../publisher/feed-fetches.ts';
import { listen, type Listening } from '../../publisher/listen.ts';
import { GiveUpError } from '../../src/catalog/index.ts';
import { watchHealth } from '../../src/health/watch.ts';
import { freePort } from '../cli/support/ports.ts';
import { quietLogger as logger } from '../catalog/support/test-catalog.ts';
import { openOperatorHouse, type OperatorHouse } from './house.ts';

let operator: OperatorHouse;
let server: Listening;
let fetches: ReturnType<typeof createFeedFetches>;
let baseUrl: string;
beforeAll(async () => {
  const port = await freePort();
  baseUrl = `http://127.0.0.1:${port}`;
  operator = await openOperatorHouse(baseUrl);
  const { catalog, media, sessionsFolder, exportsFolder } = operator.house;
  fetches = createFeedFetches({ health: catalog.feedHealth, logger });
  const app = createPublisherApp({
    ...{ catalog, media, sessionsFolder, exportsFolder, baseUrl, logger, feedFetches: fetches },
    ...{ percentOf: () => 0, signingKey: new Uint8Array(32) },
  });
  server = await listen(app, { host: '127.0.0.1', port });
});
afterAll(async () => {
  await server.close(0);
  await fetches.close();
  await operator.house.remove();
});

const health = () => operator.give('health', {});

test('health says what listeners get and who fetched it, and is 1 as soon as anything is wrong', async () => {
  const { catalog, media } = operator.house;
  expect(await health()).toMatchObject({
    ...{ code: 0, said: expect.stringContaining('No show has published') as string },
  });
  const { show, guild } = await operator.publishedEpisode('Out');
  const feedUrl = `${baseUrl}/shows/${show.slug}/feed.xml`;
  for (const agent of ['iTMS', 'Spotify/1.0', 'curl/8'])
    await (await fetch(feedUrl, { headers: { 'User-Agent': agent } })).arrayBuffer();
  await fetches.close();
  const sound = await health();
  expect(sound.said).toMatch(/listeners get revision \d+\n/);
  expect(sound.said).toMatch(/ {2}Apple Podcasts {3}just now, 200\n/);
  expect(sound.said).toMatch(/ {2}Spotify {10}just now, 200\n/);
  expect(sound.said).not.toContain('curl');
  expect([sound.code, sound.said]).toEqual([0, expect.stringContaining('Nothing is wrong.')]);

  // Its feed has gone from the store.
  const key = `shows/${show.slug}/feed.xml`;
  await media.delete(key);
  await expect.poll(async () => (await fetch(feedUrl)).status, { timeout: 5_000 }).toBe(404);
  const gone = await health();
  expect([gone.code, gone.said]).toEqual([1, expect.stringContaining(`${feedUrl} answers with status 404`)]);
  const { said } = await operator.give('health', { json: true });
  expect(JSON.parse(said)).toMatchObject({
    troubles: [{ name: `live:${show.slug}` }],
    shows: [{ slug: show.slug, live: { is: 'fault' } }],
  });
  const blind = await operator.give('health', {}, { SELF_TEST: 'off' });
  expect([blind.code, blind.said]).toEqual([0, expect.stringContaining('not fetched by its public address')]);
  // It is written once more, as it was.
  await catalog.shows.update(guild.id, show.id, { title: show.title });
  await operator.publishedEpisode('More', guild);
  await expect.poll(async () => (await health()).code, { timeout: 5_000 }).toBe(0);
});

test('a job that is given up, and what it was about, is known for a day', async () => {
  const { catalog } = operator.house;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const worker = await catalog.queue.work('announce', {
    run: () => Promise.reject(new GiveUpError('The hub is gone.')),
    giveUp: () => (resolve(undefined), Promise.resolve()),
  });
  await catalog.queue.enqueue('announce', { showId: '00000000-0000-4000-8000-000000000000' });
  await promise;
  await worker.close();
  expect(await catalog.queue.givenUp(new Date(Date.now() - 60_000))).toEqual([
    { job: 'announce', at: expect.any(Date) as Date, reason: 'The hub is gone.' },
  ]);
  expect(await catalog.queue.givenUp(new Date(Date.now() + 60_000))).toEqual([]);
  expect((await health()).said).toContain('A job “announce” was given up within a day');
});

test('the watch keeps what lasts in the catalog; of two that run one looks', async () => {
  const { catalog, media } = operator.house;
  const lines: string[] = [];
  const say = (...words: unknown[]) => void lines.push(String(words.at(-1)));
  let looks = 0;
  const options = {
    ...{ catalog, media, baseUrl, askLive: undefined, everyMs: 50, isTold: false },
    logger: { ...logger, error: say, info: say } as unknown as typeof logger,
  };
  const first = watchHealth({
    ...options,
    checkStore: () => (looks++ < 3 ? Promise.reject(new Error('no disk')) : Promise.resolve()),
  });
  await expect.poll(() => looks, { timeout: 5_000 }).toBeGreaterThan(0);
  const others: string[] = [];
  const second = watchHealth({
    ...options,
    checkStore: () => Promise.reject(new Error(String(others.push('look')))),
  });
  await expect
    .poll(() => lines.filter((line) => line.includes('no disk')).length, { timeout: 5_000 })
    .toBe(2);
  await second.close();
  await first.close();
  expect(others).toEqual([]);
  const ofStore = lines.filter((line) => line.includes('no disk'));
  expect(ofStore).toEqual([
    'The media store has a fault (no disk). Publishing waits for it.',
    'Over: The media store has a fault (no disk). Publishing waits for it.',
  ]);
  expect(await catalog.feedHealth.troubles()).toMatchObject([{ name: 'given-up:announce' }]);
});
