/** Feeds in the store and out of memory: revisions, encodings, validators, and what happens while the store is away. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { createFeedShelf } from '../../publisher/feed-shelf.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import { type FeedDocument, putEncodings, putFeed } from '../../publisher/site/feed-objects.ts';
import { temporaryFolder } from './shelf.ts';

const KEY = 'shows/talks/feed.xml';
const documentOf = (revision: number, more: Partial<FeedDocument> = {}): FeedDocument => ({
  ...{ key: KEY, revision, xml: `<rss>${'item '.repeat(500)}${revision}</rss>\n` },
  ...more,
});

async function setUp() {
  const media = createFolderStore(await temporaryFolder());
  const clock = { ms: 0 };
  /** What a test may break. */
  const store: MediaStore = { ...media };
  const shelf = createFeedShelf({
    media: { ...media, head: (...args) => store.head(...args), read: (...args) => store.read(...args) },
    addressOf: (key) => `https://podcasts.example.org/${key}`,
    nowMs: () => clock.ms,
  });
  const app = new Hono();
  app.get('/*', async (c) => (await shelf.answer(c, c.req.path.slice(1))) ?? c.text('none', 404));
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    app.request(`/${KEY}`, { headers, method });
  return { media, store, shelf, clock, get, app };
}

describe('what stands in the store', () => {
  test('an older revision takes no newer one’s place; the same changes nothing', async () => {
    const { media } = await setUp();
    expect(await putFeed(media, documentOf(2))).toBe('stored');
    const before = await media.head(KEY);
    expect(await putFeed(media, documentOf(1))).toBe('outdated');
    expect(await putFeed(media, documentOf(2))).toBe('unchanged');
    expect(await media.head(KEY)).toEqual(before);
  });

  test('a newer number alone is no news', async () => {
    const { media } = await setUp();
    expect(await putFeed(media, documentOf(1, { xml: '<rss/>' }))).toBe('stored');
    expect(await putFeed(media, documentOf(2, { xml: '<rss/>' }))).toBe('renumbered');
    expect(await putFeed(media, documentOf(3, { xml: '<rss>other</rss>' }))).toBe('stored');
  });

  test('addresses that are too long for a header are left to the document', async () => {
    const { media } = await setUp();
    const long = `https://hub.example.org/${'x'.repeat(1900)}`;
    expect(await putFeed(media, documentOf(1, { hubUrls: [long, long], movedTo: long }))).toBe('stored');
    expect(Object.keys((await media.head(KEY))!.metadata).sort()).toEqual(['content', 'revision']);
  });

  test('of many writers at once the newest revision stands in the end, whatever the order', async () => {
    const { media } = await setUp();
    const revisions = [3, 9, 1, 7, 5, 8, 2, 6, 4];
    await Promise.all(revisions.map((revision) => putFeed(media, documentOf(revision))));
    expect((await media.head(KEY))?.metadata['revision']).toBe('9');
  });

  test('a writer that was overtaken between its look and its write does not bring the old feed back', async () => {
    const { media } = await setUp();
    await putFeed(media, documentOf(1));
    let overtaken = false;
    const slow: MediaStore = {
      ...media,
      head: async (key) => {
        const seen = await media.head(key);
        if (!overtaken) {
          overtaken = true;
          await putFeed(media, documentOf(3));
        }
        return seen;
      },
    };
    expect(await putFeed(slow, documentOf(2))).toBe('outdated');
    expect((await media.head(KEY))?.metadata['revision']).toBe('3');
  });
});

describe('what is answered', () => {
  test('each encoding is the document, under an ETag of its own', async () => {
    const { media, get } = await setUp();
    await putFeed(media, documentOf(1));
    await putEncodings(media, documentOf(1));
    const plain = await get();
    const text = await plain.text();
    const encodings = { br: brotliDecompressSync, gzip: gunzipSync };
    const etags = [plain.headers.get('etag')];
    for (const [encoding, decode] of Object.entries(encodings)) {
      const response = await get({ 'Accept-Encoding': encoding });
      const body = Buffer.from(await response.arrayBuffer());
      expect(String(decode(body))).toBe(text);
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(response.headers.get('vary')).toBe('Accept-Encoding');
      expect(response.headers.get('content-length')).toBe(String(body.length));
      etags.push(response.headers.get('etag'));
      const unchanged = await get({
        ...{ 'Accept-Encoding': encoding, 'If-None-Match': `W/${response.headers.get('etag')!}` },
      });
      expect([unchanged.status, unchanged.headers.get('vary')]).toEqual([304, 'Accept-Encoding']);
    }
    expect(new Set(etags).size).toBe(3);
    const head = await get({}, 'HEAD');
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([
      ...[200, '', String(Buffer.byteLength(text))],
    ]);
  });

  test('until its encodings are made a new document is sent as it is, never an old encoding', async () => {
    const { media, get, shelf } = await setUp();
    await putFeed(media, documentOf(1));
    await putEncodings(media, documentOf(1));
    expect((await get({ 'Accept-Encoding': 'br' })).headers.get('content-encoding')).toBe('br');
    await putFeed(media, documentOf(2));
    shelf.changed(KEY);
    const response = await get({ 'Accept-Encoding': 'br' });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toContain('revision 2');
    await putEncodings(media, documentOf(2));
    shelf.changed(KEY);
    expect((await get({ 'Accept-Encoding': 'br' })).headers.get('content-encoding')).toBe('br');
  });

  test('within a second it comes from memory; then, and with news, the store is looked at again', async () => {
    const { media, store, get, clock, shelf } = await setUp();
    await putFeed(media, documentOf(1));
    let looks = 0;
    store.head = (key) => ((looks += 1), media.head(key));
    const textAt = async (ms: number) => ((clock.ms = ms), (await get()).text());
    expect(await textAt(0)).toContain('revision 1');
    const first = looks;
    await putFeed(media, documentOf(2));
    expect(await textAt(999)).toContain('revision 1');
    expect(looks).toBe(first);
    expect(await textAt(1000)).toContain('revision 2');
    await putFeed(media, documentOf(3));
    shelf.changed(KEY);
    expect(await textAt(1001)).toContain('revision 3');
  });

  test('while the store is away what stood in it is served; what was never there is not', async () => {
    const { media, store, get, app, clock } = await setUp();
    await putFeed(media, documentOf(1));
    await get();
    store.head = () => Promise.reject(new Error('ECONNREFUSED'));
    clock.ms = 600_000;
    expect((await get()).status).toBe(200);
    app.onError((_, c) => c.text('away', 500));
    expect((await app.request('/shows/other/feed.xml')).status).toBe(500);
    store.head = (key) => media.head(key);
    await media.delete(KEY);
    clock.ms += 1000;
    expect((await get()).status).toBe(404);
  });

  test('a feed that has moved leads on; hubs stand in the headers', async () => {
    const { media, get, shelf } = await setUp();
    const hubUrls = ['https://hub.example.org/'];
    await putFeed(media, documentOf(1, { hubUrls }));
    expect((await get()).headers.get('link')).toBe(
      `<https://hub.example.org/>; rel="hub", <https://podcasts.example.org/${KEY}>; rel="self"`,
    );
    await putFeed(media, documentOf(2, { movedTo: 'https://elsewhere.example.org/ü.xml' }));
    shelf.changed(KEY);
    const response = await get();
    expect([response.status, response.headers.get('location')]).toEqual([
      ...[301, 'https://elsewhere.example.org/%C3%BC.xml'],
    ]);
  });
});
