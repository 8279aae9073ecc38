/** The pages and documents of the web server that stand in no store, and shows with a host of their own. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createPublisherApp } from '../../publisher/app.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { publishShow } from '../../publisher/site/publish-show.ts';
import type { Show } from '../../src/catalog/index.ts';
import { BASE_URL, catalogOf, guild, type Rows, show, storedEpisode, temporaryFolder } from './shelf.ts';
import { sampleWebinars } from './site/support/sample-show.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const OWN = 'stage.example';
const EPISODE = '/shows/wednesday-stage/episodes/episode-1/';

async function setUp(fields: Partial<Show> = {}) {
  const media = createFolderStore(await temporaryFolder());
  const other = { ...show, id: '5e0c1d4c-0000-4000-8000-000000000002', slug: 'other', title: 'Another show' };
  const rows: Rows = {
    ...{ guilds: [guild], shows: [{ ...show, ...fields }, other], sessions: [] },
    episodes: [await storedEpisode(media, 1)],
    webinars: sampleWebinars(NOW_MS),
  };
  const catalog = catalogOf(rows);
  await publishShow({ catalog, media, baseUrl: BASE_URL }, show.id);
  const app = createPublisherApp({
    ...{ catalog, media, baseUrl: BASE_URL, nowMs: () => NOW_MS, percentOf: () => 0 },
    ...{ sessionsFolder: await temporaryFolder(), exportsFolder: await temporaryFolder() },
    ...{ signingKey: Buffer.alloc(32), logger: pino({ level: 'silent' }) },
  });
  const get = (address: string, headers: Record<string, string> = {}) => app.request(address, { headers });
  const onOwn = (path: string, headers: Record<string, string> = {}) =>
    app.request(`http://${OWN}${path}`, { headers: { Host: OWN, ...headers } });
  return { get, onOwn, rows, media };
}

test('pages are compressed for who takes that, each encoding with a validator of its own; others have them as they are', async () => {
  const { get, media } = await setUp();
  const plain = await get(EPISODE);
  const html = await plain.text();
  expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([
    null,
    'Accept-Encoding',
  ]);
  const etags = [plain.headers.get('etag')!];
  for (const [encoding, decode] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const headers = { 'Accept-Encoding': encoding };
    const packed = await get(EPISODE, headers);
    const body = Buffer.from(await packed.arrayBuffer());
    expect(packed.headers.get('content-encoding')).toBe(encoding);
    expect(packed.headers.get('content-length')).toBe(String(body.length));
    expect(packed.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(body.length).toBeLessThan(html.length / 2);
    expect(decode(body).toString()).toBe(html);
    etags.push(packed.headers.get('etag')!);
    const again = await get(EPISODE, { ...headers, 'If-None-Match': `W/${etags.at(-1)!}` });
    expect([again.status, again.headers.get('etag')]).toEqual([304, etags.at(-1)]);
    expect((await get(EPISODE, { ...headers, 'If-None-Match': etags[0]! })).status).toBe(200);
  }
  expect(new Set(etags).size).toBe(3);
  // What is written anew is served anew.
  const key = `${EPISODE.slice(1)}index.html`;
  await media.put(key, { body: Buffer.from('<p>Another</p>') }, { contentType: 'text/html; charset=utf-8' });
  const after = await get(EPISODE, { 'Accept-Encoding': 'br', 'If-None-Match': etags[1]! });
  expect(brotliDecompressSync(Buffer.from(await after.arrayBuffer())).toString()).toBe('<p>Another</p>');
});

describe('upcoming webinars', () => {
  test('stand on a page, each with its day in the zone of the server', async () => {
    const { get } = await setUp();
    const response = await get('/shows/wednesday-stage/upcoming/');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html.match(/class="evening"/g)).toHaveLength(3);
    expect(html).toContain('datetime="2026-11-25T18:30:00.000Z"');
    expect(html).toContain('7:30 PM');
    expect(html).toContain('href="https://discord.com/events/41/910"');
    expect(html).toContain('webcal://podcasts.example.org/shows/wednesday-stage/upcoming.ics');
  });

  test('come as a calendar with a validator', async () => {
    const { get } = await setUp();
    const response = await get('/shows/wednesday-stage/upcoming.ics');
    expect(response.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect((await response.text()).match(/BEGIN:VEVENT/g)).toHaveLength(3);
    const headers = { 'If-None-Match': response.headers.get('etag')! };
    expect((await get('/shows/wednesday-stage/upcoming.ics', headers)).status).toBe(304);
  });

  test('of a show that is not public, or none, are nobody’s to see', async () => {
    const { get, rows } = await setUp();
    rows.shows[0] = { ...rows.shows[0]!, published_at: null };
    for (const address of ['upcoming/', 'upcoming.ics']) {
      const response = await get(`/shows/wednesday-stage/${address}`);
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain('The archive under the stage');
      expect((await get(`/shows/none/${address}`)).status).toBe(404);
    }
  });

  test('may be none', async () => {
    const { get, rows } = await setUp();
    rows.webinars = [];
    expect(await (await get('/shows/wednesday-stage/upcoming/')).text()).toContain('Nothing is planned');
    expect(await (await get('/shows/wednesday-stage/upcoming.ics')).text()).toContain('END:VCALENDAR');
  });

  test('hold hostile text as text', async () => {
    const { get, rows } = await setUp();
    const hostile = `"><script>alert(1)</script>\u202e`;
    rows.webinars = rows.webinars!.map((webinar) => ({ ...webinar, title: hostile, description: hostile }));
    const html = await (await get('/shows/wednesday-stage/upcoming/')).text();
    expect(html).not.toMatch(/<script>|\u202e/);
    expect(html).toContain('&lt;script&gt;');
  });
});

describe('players for other sites', () => {
  test('may stand in any frame, and nothing else may', async () => {
    const { get } = await setUp();
    const embed = await get(`${EPISODE}embed/`);
    expect(embed.status).toBe(200);
    const policy = embed.headers.get('content-security-policy');
    expect(policy).toContain('frame-ancestors *');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(embed.headers.get('x-frame-options')).toBeNull();
    expect(embed.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    const others = ['/', EPISODE, '/shows/wednesday-stage/', '/shows/wednesday-stage/upcoming/', '/none'];
    for (const address of [...others, '/shows/wednesday-stage/episodes/none/embed/']) {
      const { headers } = await get(address);
      expect([address, headers.get('x-frame-options')]).toEqual([address, 'DENY']);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });

  test('are found by the link on the page, as oEmbed has it', async () => {
    const { get } = await setUp();
    const html = await (await get(EPISODE)).text();
    const link = /<link\s[^>]*type="application\/json\+oembed"\s[^>]*href="([^"]+)"/.exec(html)?.[1];
    const response = await get(new URL(link!).pathname + new URL(link!).search);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const answer = (await response.json()) as { html: string };
    expect(answer).toMatchObject({ type: 'rich', title: 'Episode 1', thumbnail_width: 1400 });
    expect(answer.html).toContain(`src="${BASE_URL}${EPISODE}embed/"`);
  });

  test.each([
    ['', 404],
    ['?url=https%3A%2F%2Felsewhere.example%2Fshows%2Fa%2Fepisodes%2Fb%2F', 404],
    [`?url=${encodeURIComponent(`${BASE_URL}/shows/..%2f..%2fx/episodes/b/`)}`, 404],
    [`?url=${encodeURIComponent(`${BASE_URL}${EPISODE}`)}&format=xml`, 501],
    [`?url=${'x'.repeat(5000)}`, 404],
  ])('oEmbed of %s is answered by %i', async (query, status) => {
    const { get } = await setUp();
    expect((await get(`/oembed${query}`)).status).toBe(status);
  });
});

test.each([
  ['/sitemap.xml', 'application/xml; charset=utf-8', '/shows/wednesday-stage/sitemap.xml</loc>'],
  ['/shows/wednesday-stage/sitemap.xml', 'application/xml; charset=utf-8', `${EPISODE}</loc>`],
  ['/shows.opml', 'text/x-opml; charset=utf-8', '/shows/wednesday-stage/feed.xml"'],
  ['/robots.txt', 'text/plain; charset=utf-8', `Sitemap: ${BASE_URL}/sitemap.xml`],
])('%s', async (address, type, part) => {
  const { get } = await setUp();
  const response = await get(address);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  expect(await response.text()).toContain(part);
});

test('an episode that was taken back is said to be gone, on each of its pages', async () => {
  const { get, rows, media } = await setUp();
  rows.episodes[0] = { ...rows.episodes[0]!, withdrawn_at: new Date(NOW_MS) };
  await publishShow({ catalog: catalogOf(rows), media, baseUrl: BASE_URL }, show.id);
  for (const page of ['', 'embed/', 'transcript/2/']) {
    const response = await get(EPISODE + page);
    const html = await response.text();
    expect([page, response.status, /<h1>(.*?)<\/h1>/.exec(html)?.[1]]).toEqual([
      page,
      410,
      'This episode was taken back',
    ]);
    expect(html).toContain('<meta name="robots" content="noindex"');
  }
});

test('an unlisted episode has its page, which says so, and stands on no list', async () => {
  const { get, rows, media } = await setUp();
  rows.episodes[0] = { ...rows.episodes[0]!, visibility: 'unlisted' };
  await publishShow({ catalog: catalogOf(rows), media, baseUrl: BASE_URL }, show.id);
  const html = await (await get(EPISODE)).text();
  expect(html).toContain('This episode is unlisted');
  expect(html).toContain('<meta name="robots" content="noindex"');
  for (const list of ['', 'sitemap.xml'])
    expect(await (await get(`/shows/wednesday-stage/${list}`)).text()).not.toContain('episode-1');
});

test('styles and scripts come compressed to whoever takes that, the same once unpacked', async () => {
  const { get } = await setUp();
  const html = await (await get(EPISODE)).text();
  for (const [, href] of html.matchAll(/(?:href|src)="([^"]*\/assets\/[^"]*)"/g)) {
    const address = new URL(href!, BASE_URL + EPISODE).pathname;
    const plain = Buffer.from(await (await get(address)).arrayBuffer());
    for (const [encoding, unpack] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const response = await get(address, { 'Accept-Encoding': encoding });
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(response.headers.get('vary')).toBe('Accept-Encoding');
      const packed = Buffer.from(await response.arrayBuffer());
      expect(packed.length).toBeLessThan(plain.length);
      expect(unpack(packed)).toEqual(plain);
    }
  }
});

describe('a show with a host of its own', () => {
  const own = { custom_domain: OWN };
  test.each([
    ['/', 'text/html'],
    ['/episodes/episode-1/', 'text/html'],
    ['/episodes/episode-1/embed/', 'text/html'],
    ['/upcoming/', 'text/html'],
    ['/upcoming.ics', 'text/calendar'],
    ['/feed.xml', 'application/rss+xml'],
    ['/sitemap.xml', 'application/xml'],
    ['/robots.txt', 'text/plain'],
    ['/healthz', 'text/plain'],
  ])('has %s there', async (path, type) => {
    const { onOwn } = await setUp(own);
    const response = await onOwn(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('says in its pages, lists and players that it lives there, and keeps feed and media where apps know them', async () => {
    const { get, onOwn } = await setUp(own);
    const html = await (await onOwn('/episodes/episode-1/')).text();
    expect(html).toContain(`<link rel="canonical" href="https://${OWN}/episodes/episode-1/"`);
    expect(html).toContain(`href="${BASE_URL}/shows/wednesday-stage/feed.xml"`);
    expect(html).toContain(`content="${BASE_URL}/media/`);
    expect(await (await onOwn('/robots.txt')).text()).toContain(`Sitemap: https://${OWN}/sitemap.xml`);
    expect(await (await onOwn('/sitemap.xml')).text()).toContain(`<loc>https://${OWN}/</loc>`);
    expect(await (await get('/')).text()).toContain(`href="https://${OWN}/"`);
    const oembed = await get(`/oembed?url=${encodeURIComponent(`https://${OWN}/episodes/episode-1/`)}`);
    expect(oembed.status).toBe(200);
  });

  test('every relative link of its pages leads to something there', async () => {
    const { onOwn } = await setUp(own);
    for (const page of ['/', '/episodes/episode-1/', '/upcoming/', '/episodes/episode-1/embed/']) {
      const html = await (await onOwn(page)).text();
      const links = [...html.matchAll(/(?:href|src)="(\.[^"]*)"/g)].map(
        ([, href]) => new URL(href!, `http://${OWN}${page}`).pathname,
      );
      expect(links.length).toBeGreaterThan(2);
      for (const path of links) expect([page, path, (await onOwn(path)).status]).toEqual([page, path, 200]);
    }
  });

  test.each([
    ['/shows/wednesday-stage/', 301, '/'],
    ['/shows/wednesday-stage/episodes/episode-1/?t=61', 301, '/episodes/episode-1/?t=61'],
    ['/shows/wednesday-stage//evil.example', 301, '/evil.example'],
    ['/shows/other/', 302, `${BASE_URL}/shows/other/`],
  ])('%s has its place elsewhere', async (path, status, location) => {
    const { onOwn } = await setUp(own);
    const response = await onOwn(path);
    expect([response.status, response.headers.get('location')]).toEqual([status, location]);
  });

  test('ranges, conditions and what is not there work as everywhere', async () => {
    const { onOwn, rows } = await setUp(own);
    const [rendition] = rows.episodes[0]!.renditions;
    expect((await onOwn(`/${rendition!.media_key}`, { Range: 'bytes=0-9' })).status).toBe(206);
    const etag = (await onOwn('/')).headers.get('etag')!;
    expect((await onOwn('/', { 'If-None-Match': etag })).status).toBe(304);
    expect((await onOwn('/nowhere')).status).toBe(404);
    expect((await onOwn('/episodes/none/')).status).toBe(404);
  });

  test('a host that is nobody’s shows what the base URL shows', async () => {
    const { get } = await setUp(own);
    const response = await get('/', { Host: 'unknown.example' });
    expect(await response.text()).toContain('<h1>Shows</h1>');
  });
});

test('a show’s own colour comes in a style sheet of its own', async () => {
  const { get } = await setUp({ brand: { accent: '#0a7d5a' } });
  for (const page of [
    '/shows/wednesday-stage/',
    EPISODE,
    `${EPISODE}embed/`,
    '/shows/wednesday-stage/upcoming/',
  ]) {
    const html = await (await get(page)).text();
    const href = /href="([^"]*\/brand\.[^"]*\.css)"/.exec(html)?.[1];
    const styles = await get(new URL(href!, BASE_URL + page).pathname);
    expect([styles.status, styles.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect(await styles.text()).toContain('--accent:light-dark(#0');
  }
});
