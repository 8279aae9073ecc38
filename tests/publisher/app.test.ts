import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { createPublisherApp } from '../../publisher/app.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { signRawTracksLink } from '../../publisher/media/signed-link.ts';
import { publishShow } from '../../publisher/site/publish-show.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { BASE_URL, catalogOf, guild, type Rows, show, storedEpisode, temporaryFolder } from './shelf.ts';

const signingKey = Buffer.alloc(32, 7);
const SESSION_ID = '5e550000-0000-4000-8000-000000000001';
const NOW_MS = Date.parse('2026-11-23T12:00:00Z');

async function setUp({ publish = true } = {}) {
  const sessionsFolder = await temporaryFolder();
  const media = createFolderStore(await temporaryFolder());
  const rows: Rows = {
    guilds: [guild],
    shows: [{ ...show, published_at: publish ? show.published_at : null }],
    episodes: publish ? [await storedEpisode(media, 1)] : [],
    sessions: [],
    exports: [],
  };
  const catalog = catalogOf(rows);
  if (publish) await publishShow({ catalog, media, baseUrl: BASE_URL }, show.id);
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const exportsFolder = await temporaryFolder();
  const percentOf = () => 42;
  const options = {
    catalog,
    media,
    exportsFolder,
    percentOf,
    sessionsFolder,
    signingKey,
    baseUrl: BASE_URL,
    logger,
  };
  const app = createPublisherApp({ ...options, nowMs: () => NOW_MS });
  return { app, media, rows, sessionsFolder, lines, options };
}

describe('what is there', () => {
  test.each([
    ['/', 'text/html'],
    ['/healthz', 'text/plain'],
    ['/shows/wednesday-stage/', 'text/html'],
    ['/shows/wednesday-stage/episodes/episode-1/', 'text/html'],
    ['/shows/wednesday-stage/feed.xml', 'application/rss+xml; charset=utf-8'],
    ['/shows/wednesday-stage/episodes/episode-1/chapters.json', 'application/json+chapters'],
  ])('%s', async (address, type) => {
    const { app } = await setUp();
    for (const method of ['GET', 'HEAD']) {
      const response = await app.request(address, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')?.toLowerCase()).toMatch(type);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect((await response.text()).length > 0).toBe(method === 'GET');
    }
  });

  test('every link, picture, style and script of every page leads to something', async () => {
    const { app } = await setUp();
    for (const page of [
      '/',
      '/shows/wednesday-stage/',
      '/shows/wednesday-stage/episodes/episode-1/',
      '/none',
    ]) {
      const html = await (await app.request(page)).text();
      const addresses = [...html.matchAll(/(?:href|src)="([^"#?][^"]*)"/g)]
        .map(([, address]) => new URL(address!.replaceAll('&amp;', '&'), BASE_URL + page))
        .filter(({ origin }) => origin === BASE_URL);
      expect(addresses.length).toBeGreaterThan(2);
      for (const { pathname, search } of addresses)
        expect([pathname, (await app.request(pathname + search)).status]).toEqual([pathname, 200]);
    }
  });

  test('the front page lists published shows only', async () => {
    expect(await (await (await setUp()).app.request('/')).text()).toContain('The Wednesday Stage');
    const { app } = await setUp({ publish: false });
    const html = await (await app.request('/')).text();
    expect(html).not.toContain('The Wednesday Stage');
    expect(html).toContain('Nothing has been published here yet');
  });

  test('addresses without their slash lead on', async () => {
    const { app } = await setUp();
    for (const address of ['/shows/wednesday-stage', '/shows/wednesday-stage/episodes/episode-1']) {
      const response = await app.request(address);
      expect([response.status, response.headers.get('location')]).toEqual([301, `${address}/`]);
    }
  });
});

test('the feed answers conditional requests, and its own bytes', async () => {
  const { app, media } = await setUp();
  const address = '/shows/wednesday-stage/feed.xml';
  const whole = await app.request(address);
  const etag = whole.headers.get('etag')!;
  expect(whole.headers.get('cache-control')).toBe('public, max-age=300');
  expect(await whole.text()).toBe(
    String(await buffer((await media.read('shows/wednesday-stage/feed.xml'))!.body)),
  );
  const lastModified = whole.headers.get('last-modified')!;
  for (const headers of [
    { 'If-None-Match': etag },
    { 'If-None-Match': `W/${etag}` },
    { 'If-Modified-Since': lastModified },
  ] as Record<string, string>[])
    expect((await app.request(address, { headers })).status).toBe(304);
});

test('every answer with a feed says what every file says of itself', async () => {
  const { app } = await setUp();
  const address = '/shows/wednesday-stage/feed.xml';
  const etag = (await app.request(address)).headers.get('etag')!;
  for (const [init, status] of [
    [{}, 200],
    [{ headers: { 'Accept-Encoding': 'br' } }, 200],
    [{ method: 'HEAD' }, 200],
    [{ headers: { 'If-None-Match': etag } }, 304],
  ] as const) {
    const response = await app.request(address, init);
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  }
});

test('media come in ranges and may be played from other sites', async () => {
  const { app, rows } = await setUp();
  const [rendition] = rows.episodes[0]!.renditions;
  const response = await app.request(`/${rendition!.media_key}`, { headers: { Range: 'bytes=-10' } });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe(`bytes 1090-1099/1100`);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  const past = await app.request(`/${rendition!.media_key}`, { headers: { Range: 'bytes=1100-' } });
  expect([past.status, past.headers.get('content-range')]).toEqual([416, 'bytes */1100']);
  const preflight = await app.request(`/${rendition!.media_key}`, { method: 'OPTIONS' });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('Range');
});

test('a feed may be read by podcast apps in browsers', async () => {
  const { app } = await setUp();
  const address = '/shows/wednesday-stage/feed.xml';
  const { headers } = await app.request(address);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect((await app.request(address, { method: 'OPTIONS' })).status).toBe(204);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  '%s is not possible anywhere, and what is is told',
  async (method) => {
    const { app } = await setUp();
    for (const address of ['/', '/shows/wednesday-stage/feed.xml', '/media/none.mp3']) {
      const response = await app.request(address, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  },
);

test('pages run nothing but their own script and load nothing from elsewhere', async () => {
  const { app } = await setUp();
  for (const address of ['/', '/shows/wednesday-stage/', '/none']) {
    const policy = (await app.request(address)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  }
});

describe('what is not there is said, with the way on', () => {
  test.each([
    ['/nowhere', 404, 'There is no such page'],
    ['/shows/none/', 404, 'There is no such show'],
    ['/shows/none/feed.xml', 404, 'There is no such show'],
    ['/shows/none/episodes/x/', 404, 'There is no such show'],
    ['/shows/wednesday-stage/episodes/none/', 404, 'There is no such episode'],
    ['/media/none.mp3', 404, 'There is no such page'],
    ['/media/%2e%2e/%2e%2e/etc/passwd', 404, 'There is no such page'],
    ['/media/..%2f..%2fetc%2fpasswd', 404, 'There is no such page'],
    ['/media/.meta%2fx', 404, 'There is no such page'],
    ['/media/%ff', 404, 'There is no such page'],
    ['/media/a%00b', 404, 'There is no such page'],
    ['/shows/..%2f..%2fsecret/feed.xml', 404, 'There is no such show'],
    ['/assets/none.css', 404, 'There is no such page'],
  ])('%s', async (address, status, title) => {
    const { app } = await setUp();
    const response = await app.request(address);
    const html = await response.text();
    expect([response.status, /<h1>(.*?)<\/h1>/.exec(html)?.[1]]).toEqual([status, title]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(html).toContain('<meta name="robots" content="noindex"');
  });

  test.each(['/shows/wednesday-stage/feed.xml', '/shows/wednesday-stage/'])(
    'a show that has not published anything yet: %s',
    async (address) => {
      const { app } = await setUp({ publish: false });
      const response = await app.request(address);
      expect(response.status).toBe(404);
      const html = await response.text();
      expect(html).toContain('This show has not published anything yet');
      expect(html).toContain('/episode publish');
    },
  );

  test('a fault of ours is logged whole and shown without its inside', async () => {
    const { options, lines } = await setUp();
    const broken = {
      ...options,
      media: { ...options.media, head: () => Promise.reject(new Error('disk 7 on fire')) },
    };
    const response = await createPublisherApp(broken).request('/shows/wednesday-stage/');
    expect(response.status).toBe(500);
    const html = await response.text();
    expect(html).toContain('The fault is on our side');
    expect(html).not.toMatch(/disk 7|at .*\.ts/);
    expect(lines.join()).toContain('disk 7 on fire');
  });
});

describe('raw tracks', () => {
  const opus = (letter: string) => Uint8Array.from([0xf8, ...Buffer.from(letter.repeat(40))]);
  const link = (expiresAtMs = NOW_MS + 60_000) =>
    signRawTracksLink({ baseUrl: BASE_URL, signingKey }, SESSION_ID, expiresAtMs).slice(BASE_URL.length);

  async function withSession() {
    const all = await setUp();
    const folder = path.join(all.sessionsFolder, SESSION_ID);
    const session = await writeSampleSession(folder, {
      sessionId: SESSION_ID,
      guildId: guild.id,
      title: 'An evening',
      startedAtMs: Date.parse('2026-11-22T23:30:00Z'),
      speakers: ['Ada 👩‍🚀', 'مقدمة/..'].map((displayName, index) => ({
        userId: String(index + 1),
        displayName,
        spurts: [
          { startUs: 100_000 + index * 500_000, packets: Array.from({ length: 50 }, () => opus('a')) },
        ],
      })),
      markers: [{ atUs: 300_000, name: 'Welcome' }],
    });
    all.rows.sessions.push({ id: SESSION_ID, show_id: show.id } as (typeof all.rows.sessions)[number]);
    return { ...all, folder, session };
  }

  test('come as one zip, byte for byte, under names for people', async () => {
    const { app, session } = await withSession();
    const response = await app.request(link());
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/zip',
      'cache-control': 'private, no-store',
      'x-robots-tag': 'noindex',
      'content-disposition':
        `attachment; filename="2026-11-23 The Wednesday Stage - tracks.zip"; ` +
        `filename*=UTF-8''2026-11-23%20The%20Wednesday%20Stage%20-%20tracks.zip`,
    });
    const zip = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(zip.length));
    const file = await fromBufferPromise(zip, { strictFileNames: true });
    const found = new Map<string, Buffer>();
    for await (const entry of file.eachEntry())
      found.set(entry.fileName, await buffer(await file.openReadStreamPromise(entry)));
    expect([...found.keys()]).toEqual([
      '2026-11-23 The Wednesday Stage - 00 Read me.txt',
      '2026-11-23 The Wednesday Stage - 00 Markers.txt',
      '2026-11-23 The Wednesday Stage - 01 Ada 👩‍🚀.opus',
      '2026-11-23 The Wednesday Stage - 02 مقدمة-.opus',
    ]);
    for (const [index, track] of session.tracks.entries())
      expect([...found.values()][index + 2]).toEqual(await readFile(track.opusPath));
  });

  test('HEAD tells the length of the zip', async () => {
    const { app } = await withSession();
    const zip = await (await app.request(link())).arrayBuffer();
    const head = await app.request(link(), { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(zip.byteLength));
    expect(await head.text()).toBe('');
  });

  test.each([
    ['an expired link', () => link(NOW_MS), 410, 'This download link has ended', 'Ask for a new link'],
    ['a cut link', () => link().slice(0, -3), 403, 'This download link is not valid', 'Copy the whole link'],
    [
      'a stretched link',
      () => link(NOW_MS).replace(/expires=\d+/, 'expires=9999999999'),
      403,
      'This download link is not valid',
      'Copy the whole link',
    ],
    ['a bare address', () => link().split('?')[0]!, 403, 'This download link is not valid', 'Copy the whole'],
    [
      'a link of another session',
      () => link().replace(SESSION_ID, SESSION_ID.replace('1', '2')),
      403,
      'This download link is not valid',
      'Copy the whole link',
    ],
  ])('%s', async (_name, address, status, title, remedy) => {
    const { app } = await withSession();
    const response = await app.request(address());
    const html = await response.text();
    expect(response.status).toBe(status);
    expect(html).toContain(title);
    expect(html).toContain(remedy);
  });

  test('a recording that is gone, and one in which nobody spoke', async () => {
    const { app, sessionsFolder, folder } = await withSession();
    await rm(folder, { recursive: true });
    const gone = await app.request(link());
    expect([gone.status, await gone.text()]).toEqual([
      404,
      expect.stringContaining('This recording is not here any more'),
    ]);
    await writeSampleSession(path.join(sessionsFolder, SESSION_ID), {
      sessionId: SESSION_ID,
      speakers: [],
      durationUs: 1_000_000,
    });
    const empty = await app.request(link());
    expect([empty.status, await empty.text()]).toEqual([
      404,
      expect.stringContaining('Nobody has spoken in this recording'),
    ]);
  });

  test('the log of a failure never holds the signature', async () => {
    const { app, folder, lines } = await withSession();
    await rm(path.join(folder, 'tracks'), { recursive: true });
    await rm(path.join(folder, 'journal.jsonl'));
    const address = link();
    expect((await app.request(address)).status).toBe(500);
    expect(lines).not.toEqual([]);
    expect(lines.join()).not.toContain(new URL(address, BASE_URL).searchParams.get('signature'));
  });
});
