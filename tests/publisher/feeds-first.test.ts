/** Feeds that are answered before all else say what they say the usual way. */
import type { IncomingMessage } from 'node:http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createPublisherApp } from '../../publisher/app.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { sharedHost } from '../../publisher/own-hosts.ts';
import { publishShow } from '../../publisher/site/publish-show.ts';
import { BASE_URL, catalogOf, guild, type Rows, show, storedEpisode, temporaryFolder } from './shelf.ts';

const OWN = 'stage.example';
const PATH = '/shows/wednesday-stage/feed.xml';

async function setUp() {
  const media = createFolderStore(await temporaryFolder());
  const episodes = [await storedEpisode(media, 1)];
  const rows: Rows = { guilds: [guild], shows: [{ ...show, custom_domain: OWN }], episodes, sessions: [] };
  const catalog = catalogOf(rows);
  const publish = () => publishShow({ catalog, media, baseUrl: BASE_URL }, show.id);
  await publish();
  const noted: unknown[] = [];
  const app = createPublisherApp({
    ...{ catalog, media, baseUrl: BASE_URL, percentOf: () => 0 },
    ...{ sessionsFolder: await temporaryFolder(), exportsFolder: await temporaryFolder() },
    ...{ signingKey: Buffer.alloc(32), logger: pino({ level: 'silent' }) },
    feedFetches: { note: (...fetch) => void noted.push(fetch) },
  });
  const ask = (path: string, method: string, headers: Record<string, string>) => {
    const host = headers['host'] ?? new URL(BASE_URL).host;
    const request = new Request(`https://${host}${path}`, { method, headers: { ...headers, host } });
    const incoming = { method, url: path, headers: { ...headers, host } } as Partial<IncomingMessage>;
    return { usual: () => app.fetch(request), first: () => app.fetch(request, { incoming }) };
  };
  return { rows, publish, noted, ask };
}

const said = async (answer: Response) => ({
  status: answer.status,
  headers: Object.fromEntries(answer.headers),
  body: Buffer.from(await answer.arrayBuffer()).toString('latin1'),
});

test('the answers are the same, whatever is asked; those of a feed at hand come at once', async () => {
  const { ask, noted } = await setUp();
  const whole = await ask(PATH, 'GET', {}).usual();
  const { etag, 'last-modified': modified } = Object.fromEntries(whole.headers);
  const packed = await ask(PATH, 'GET', { 'accept-encoding': 'br' }).usual();
  const asked: [string, string, Record<string, string>, boolean][] = [
    [PATH, 'GET', {}, true],
    [PATH, 'GET', { 'accept-encoding': 'gzip, deflate, br;q=0.1' }, true],
    [PATH, 'GET', { 'accept-encoding': 'br', 'if-none-match': packed.headers.get('etag')! }, true],
    [PATH, 'GET', { 'if-none-match': `"other", W/${etag}` }, true],
    [PATH, 'GET', { 'if-none-match': '"other"', 'if-modified-since': modified! }, true],
    [PATH, 'GET', { 'if-modified-since': modified! }, true],
    [PATH, 'GET', { host: '203.0.113.7:8080' }, true],
    [PATH, 'HEAD', {}, false],
    [PATH, 'POST', {}, false],
    [PATH, 'OPTIONS', {}, false],
    [PATH, 'GET', { host: OWN }, false],
    [`${PATH}?from=app`, 'GET', {}, false],
    ['/feed.xml', 'GET', { host: OWN }, false],
    ['/shows/none/feed.xml', 'GET', {}, false],
    ['/shows/../private/feed.xml', 'GET', {}, false],
  ];
  noted.length = 0;
  for (const [path, method, headers, atOnce] of asked) {
    const { usual, first } = ask(path, method, headers);
    const answer = first();
    expect([path, method, headers, answer instanceof Promise]).toEqual([path, method, headers, !atOnce]);
    expect(await said(await answer)).toEqual(await said(await usual()));
  }
  // Each way notes who fetched it.
  const statuses = noted.map((fetch) => (fetch as unknown[])[2]);
  expect(statuses.filter((status) => status === 304)).toHaveLength(6);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(8);
});

test('a feed that has moved, or has not been looked at yet, goes the usual way', async () => {
  const { ask, rows, publish } = await setUp();
  const { first } = ask(PATH, 'GET', {});
  expect(first()).toBeInstanceOf(Promise);
  expect((await first()).status).toBe(200);
  rows.shows[0] = { ...rows.shows[0]!, feed: { newFeedUrl: 'https://else.example/feed' }, feed_revision: 9 };
  await publish();
  await expect.poll(async () => (await first()).status, { interval: 100, timeout: 5000 }).toBe(301);
  expect(first()).toBeInstanceOf(Promise);
});

test('hosts of shows are told from the installation’s own', () => {
  const isShared = sharedHost(BASE_URL);
  const hosts = [
    'podcasts.example.org',
    'Podcasts.Example.org:8080',
    '127.0.0.1:80',
    OWN,
    'x.example',
    undefined,
  ];
  expect(hosts.map(isShared)).toEqual([true, true, true, false, false, true]);
});
