import { request } from 'node:http';
import { once } from 'node:events';
import { Hono } from 'hono';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../publisher/listen.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { serveObject } from '../../../publisher/media/serve.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';
import { temporaryFolder } from '../shelf.ts';

const BODY = '0123456789';

async function setUp() {
  const media = createFolderStore(await temporaryFolder());
  const cacheControl = 'public, max-age=31536000, immutable';
  const object = await media.put(
    'media/talk.mp3',
    { body: Buffer.from(BODY) },
    { contentType: 'audio/mpeg', cacheControl },
  );
  const nowMs = () => object.lastModified.getTime() + 60_000;
  return { media, object, app: appOver(media, nowMs) };
}

function appOver(media: MediaStore, nowMs?: () => number) {
  const options = { media, crossOrigin: true, ...(nowMs && { nowMs }) };
  const app = new Hono();
  app.get('*', async (c) => (await serveObject(c, c.req.path.slice(1), options)) ?? c.notFound());
  return app;
}

test('a whole object says everything a podcast app asks for', async () => {
  const { app, object } = await setUp();
  const response = await app.request('/media/talk.mp3');
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(BODY);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'accept-ranges': 'bytes',
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-length': '10',
    'content-type': 'audio/mpeg',
    etag: object.etag,
    'last-modified': object.lastModified.toUTCString(),
  });
  expect(response.headers.has('content-encoding')).toBe(false);
});

describe('ranges', () => {
  test.each([
    ['bytes=0-0', 206, 'bytes 0-0/10', '0'],
    ['bytes=0-1', 206, 'bytes 0-1/10', '01'],
    ['bytes=0-', 206, 'bytes 0-9/10', BODY],
    ['bytes=4-', 206, 'bytes 4-9/10', '456789'],
    ['bytes=-3', 206, 'bytes 7-9/10', '789'],
    ['bytes=8-99', 206, 'bytes 8-9/10', '89'],
    ['bytes=10-', 416, 'bytes */10', undefined],
    ['bytes=-0', 416, 'bytes */10', undefined],
    ['bytes=oops', 200, null, BODY],
    ['bytes=0-1,4-5', 200, null, BODY],
  ])('%s', async (range, status, contentRange, body) => {
    const { app } = await setUp();
    const response = await app.request('/media/talk.mp3', { headers: { Range: range } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(contentRange);
    const text = await response.text();
    if (body === undefined) return;
    expect(text).toBe(body);
    expect(response.headers.get('content-length')).toBe(String(body.length));
  });

  test.each([
    ['the strong tag', (etag: string) => etag, 206],
    ['the weak tag', (etag: string) => `W/${etag}`, 200],
    ['another tag', () => '"other"', 200],
    ['the date', (_etag: string, date: Date) => date.toUTCString(), 206],
    ['an older date', (_etag: string, date: Date) => new Date(date.getTime() - 5000).toUTCString(), 200],
  ])('If-Range with %s', async (_name, header, status) => {
    const { app, object } = await setUp();
    const headers = { Range: 'bytes=0-0', 'If-Range': header(object.etag, object.lastModified) };
    expect((await app.request('/media/talk.mp3', { headers })).status).toBe(status);
  });
});

describe('conditions', () => {
  test.each([
    ['its tag', (etag: string) => ({ 'If-None-Match': etag }), 304],
    ['its tag made weak by a proxy', (etag: string) => ({ 'If-None-Match': `W/${etag}` }), 304],
    ['a list', (etag: string) => ({ 'If-None-Match': `"a", ${etag}` }), 304],
    ['another tag', () => ({ 'If-None-Match': '"a"' }), 200],
    ['its date', (_: string, date: Date) => ({ 'If-Modified-Since': date.toUTCString() }), 304],
    ['an old date', () => ({ 'If-Modified-Since': new Date(0).toUTCString() }), 200],
    [
      'another tag and its date',
      (_: string, date: Date) => ({ 'If-None-Match': '"a"', 'If-Modified-Since': date.toUTCString() }),
      200,
    ],
    ['its tag and a range', (etag: string) => ({ 'If-None-Match': etag, Range: 'bytes=0-0' }), 304],
  ])('%s', async (_name, headersFor, status) => {
    const { app, object } = await setUp();
    const headers = headersFor(object.etag, object.lastModified) as Record<string, string>;
    for (const method of ['GET', 'HEAD']) {
      const response = await app.request('/media/talk.mp3', { method, headers });
      expect(response.status).toBe(status);
      expect(response.headers.get('etag')).toBe(object.etag);
      if (status === 304) expect(await response.text()).toBe('');
    }
  });
});

test('HEAD tells the whole length and opens no body, whatever range it names', async () => {
  const { media } = await setUp();
  let reads = 0;
  const counting = {
    ...media,
    read: (...args: Parameters<MediaStore['read']>) => (reads++, media.read(...args)),
  };
  const response = await appOver(counting).request('/media/talk.mp3', {
    method: 'HEAD',
    headers: { Range: 'bytes=0-1' },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe('10');
  expect(await response.text()).toBe('');
  expect(reads).toBe(0);
});

test.each(['/media/none.mp3', '/media/../secret', '/media/.meta', '/.meta/x', '/media//x', '/'])(
  'nothing at %s',
  async (address) => {
    const { app } = await setUp();
    expect((await app.request(address)).status).toBe(404);
  },
);

test('an object replaced between the two looks is answered as what it has become', async () => {
  const { media } = await setUp();
  let replaced = false;
  const racing: MediaStore = {
    ...media,
    async read(key, range) {
      if (!replaced) {
        replaced = true;
        await media.put(key, { body: Buffer.from('new and longer') }, { contentType: 'text/plain' });
      }
      return media.read(key, range);
    },
  };
  const response = await appOver(racing).request('/media/talk.mp3');
  expect(response.headers.get('content-length')).toBe('14');
  expect(await response.text()).toBe('new and longer');
});

describe('on a socket', () => {
  async function serve(app: Hono) {
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close(0));
    return server.url;
  }

  test('HEAD and GET state the same length', async () => {
    const { app } = await setUp();
    const url = `${await serve(app)}/media/talk.mp3`;
    for (const method of ['HEAD', 'GET']) {
      const response = await fetch(url, { method });
      expect(response.headers.get('content-length')).toBe('10');
      expect(response.headers.get('transfer-encoding')).toBeNull();
      expect(await response.text()).toBe(method === 'GET' ? BODY : '');
    }
  });

  test('a client that goes away closes the file; one that stalls stops the reading', async () => {
    const { media, object } = await setUp();
    const total = 1_000_000_000;
    let pushed = 0;
    const endless = new Readable({
      read() {
        pushed += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    const big: MediaStore = {
      ...media,
      head: () => Promise.resolve({ ...object, bytes: total }),
      read: () => Promise.resolve({ object: { ...object, bytes: total }, body: endless }),
    };
    const call = request(`${await serve(appOver(big))}/media/talk.mp3`).end();
    const [response] = (await once(call, 'response')) as [Readable];
    response.pause();
    let before = -1;
    await expect
      .poll(() => {
        const still = pushed === before;
        before = pushed;
        return still;
      })
      .toBe(true);
    expect(pushed).toBeLessThan(50_000_000);
    const closed = once(endless, 'close');
    call.destroy();
    await closed;
    expect(endless.destroyed).toBe(true);
  });
});
