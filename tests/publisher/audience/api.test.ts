import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { daysOf } from '../../../publisher/audience/api.ts';
import { audienceToken, signAudienceLink, signExportLink } from '../../../publisher/media/signed-link.ts';
import { listen } from '../../../publisher/listen.ts';
import type { Catalog } from '../../../src/catalog/index.ts';
import { openTestCatalog, testBaseUrl, type TestCatalog } from '../../catalog/support/test-catalog.ts';
import { onAir } from './support/on-air.ts';

const OVERCAST = 'Overcast/3.0 (+http://overcast.fm/; iOS podcast app)';
const NOON = Date.parse('2026-11-22T12:00:00Z');
const LATER = NOON + 60_000;

let opened: TestCatalog;
let catalog: Catalog;
beforeAll(async () => {
  opened = await openTestCatalog();
  catalog = opened.catalog;
});
afterAll(() => opened.remove());

describe('figures for programs', () => {
  async function setUp() {
    const air = await onAir(catalog);
    await air.play({ at: '2026-11-22T12:00:00Z', agent: OVERCAST });
    await air.play({ at: '2026-11-22T12:00:00Z', agent: 'curl/8.4.0' });
    await air.counter.flush();
    const signer = { baseUrl: testBaseUrl, signingKey: air.signingKey };
    const ask = (path: string, token?: string) =>
      air.app.request(path, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });
    const path = `/api/shows/${air.show.slug}/audience`;
    const tokenOf = (showId: string, expiresAtMs = LATER) =>
      audienceToken(air.signingKey, showId, expiresAtMs);
    return { ...air, signer, ask, path, tokenOf };
  }

  test('are the show’s, with how they were counted and what was filtered', async () => {
    const { ask, path, tokenOf, show, episode } = await setUp();
    const response = await ask(path, tokenOf(show.id));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(await response.json()).toEqual({
      show: { slug: show.slug, title: show.title, podcastGuid: show.podcast_guid },
      ...{ from: '2026-10-24', to: '2026-11-22', timeZone: 'UTC' },
      counting: {
        guidelines: 'IAB Tech Lab Podcast Technical Measurement Guidelines 2.3',
        ...{ window: 'calendar day, UTC', delivery: 'stream', userAgents: 'built-in' },
      },
      ...{ downloads: 1, downloadsEver: 1, requests: 2, filtered: { bot: 1 } },
      days: [{ day: '2026-11-22', downloads: 1 }],
      ...{ apps: { Overcast: 1 }, devices: { mobile: 1 }, countries: {}, deliveries: { stream: 1 } },
      episodes: [
        { guid: episode.guid, slug: episode.slug, title: episode.title, publishedAt: null, downloads: 1 },
      ],
    });
  });

  test('are also behind a signed link, of some days, of one episode', async () => {
    const { ask, signer, show, episode } = await setUp();
    const { pathname, search } = new URL(signAudienceLink(signer, show, LATER));
    const figures = async (query: string) => (await ask(`${pathname}${search}${query}`)).json();
    expect(await figures('')).toMatchObject({ downloads: 1 });
    expect(await figures('&from=2026-11-01&to=2026-11-21')).toMatchObject({ downloads: 0, downloadsEver: 1 });
    expect(await figures(`&episode=${episode.slug}`)).toMatchObject({ downloads: 1 });
    expect((await ask(`${pathname}${search}&episode=none`)).status).toBe(404);
    expect((await ask(`${pathname}${search}&from=yesterday`)).status).toBe(400);
  });

  test('are nobody’s without a token of this very show that has not ended', async () => {
    const { ask, path, tokenOf, show, signer } = await setUp();
    const other = await onAir(catalog);
    const good = tokenOf(show.id);
    const exportLink = new URL(signExportLink(signer, show.id, LATER)).search;
    const refused = [
      ask(path),
      ask(path, ''),
      ask(path, tokenOf(other.show.id)),
      ask(path, tokenOf(show.id, NOON - 1_000)),
      ask(path, `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`),
      ask(
        path,
        good.replace(/^\d+/, (end) => String(Number(end) + 1)),
      ),
      ask(`${path}${exportLink}`),
      ask('/api/shows/no-such-show/audience', good),
      ask('/api/shows/%00/audience', good),
    ];
    for (const asked of refused) {
      const response = await asked;
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="audience"');
    }
    expect(await (await ask(path, tokenOf(show.id, NOON - 1_000))).json()).toEqual({
      error: 'This token has expired.',
    });
  });

  test.each<[string | undefined, string | undefined, [string, string] | undefined]>([
    [undefined, undefined, ['2026-10-24', '2026-11-22']],
    ['2026-11-22', undefined, ['2026-11-22', '2026-11-22']],
    [undefined, '2026-03-01', ['2026-01-31', '2026-03-01']],
    ['2026-11-23', undefined, undefined],
    ['2026-02-30', undefined, undefined],
    ['0001-01-01', undefined, undefined],
    ['2026-11-1', undefined, undefined],
    ["' OR 1=1", undefined, undefined],
  ])('from %s to %s', (from, to, expected) => {
    const days = daysOf(from, to, NOON);
    expect(days && [days.from, days.to]).toEqual(expected);
  });
});

test('over real sockets: who asks is the peer, and not whom a stranger’s header names', async () => {
  const { app, counter, figures, renditions, clock } = await onAir(catalog);
  clock.nowMs = NOON;
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  const listenTo = async (headers: Record<string, string>) =>
    (await fetch(`${server.url}/${renditions[0]!.mediaKey}`, { headers })).arrayBuffer();
  await listenTo({ 'User-Agent': OVERCAST });
  // This machine is no trusted proxy here, so both are one listener.
  await listenTo({ 'User-Agent': OVERCAST, 'X-Forwarded-For': '203.0.113.5' });
  await listenTo({ 'User-Agent': 'AntennaPod/3.4.0' });
  await counter.flush();
  const found = await figures();
  expect(found.downloads).toBe(2);
  expect(found.filtered).toEqual([{ value: 'joined', amount: 1 }]);
});
