/** Listeners and a store that breaks off, through the web server and real sockets. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../publisher/listen.ts';
import { serveObject } from '../../../publisher/media/serve.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';
import { describeOnS3, newStore, s3Settings, storeWith } from './s3-server.ts';
import { startProxy } from './tcp-proxy.ts';

const MIB = 2 ** 20;
const BODY = randomBytes(12 * MIB);
const KEY = 'media/talk.mp3';
const QUICK = { maxAttempts: 1, idleMs: 600 };

async function serve(media: MediaStore): Promise<string> {
  const app = new Hono();
  app.get('/*', async (c) => (await serveObject(c, c.req.path.slice(1), { media })) ?? c.text('none', 404));
  app.onError((_, c) => c.text('fault', 503));
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  return `${server.url}/${KEY}`;
}

async function setUp() {
  const proxy = await startProxy(s3Settings().endpoint ?? '');
  // What is put takes its own way, and its time.
  const direct = await newStore();
  const object = await direct.put(KEY, { body: BODY }, { contentType: 'audio/mpeg' });
  const { bucket, prefix } = direct.settings;
  const store = storeWith({ bucket, prefix, endpoint: proxy.endpoint }, QUICK);
  return { proxy, direct, object, url: await serve(store) };
}

const get = async (url: string, headers: Record<string, string> = {}) => {
  const call = request(url, { headers, agent: false }).end();
  const [response] = (await once(call, 'response')) as [Readable & { statusCode: number }];
  return { call, response };
};

describeOnS3('a bucket behind the web server', () => {
  test.each([
    [undefined, 200, 0, BODY.length - 1],
    ['bytes=0-0', 206, 0, 0],
    ['bytes=8388600-', 206, 8_388_600, BODY.length - 1],
    ['bytes=-50', 206, BODY.length - 50, BODY.length - 1],
    ['bytes=5-99999999', 206, 5, BODY.length - 1],
  ])('hands out %s', async (range, status, first, last) => {
    const { url, object } = await setUp();
    const answer = await fetch(url, { headers: range === undefined ? {} : { Range: range } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('etag')).toBe(object.etag);
    expect(answer.headers.get('content-length')).toBe(String(last - first + 1));
    if (status === 206)
      expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/${BODY.length}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(BODY.subarray(first, last + 1))).toBe(true);
  });

  test('says where a range is past the end, and that nothing has changed', async () => {
    const { url, object } = await setUp();
    expect((await fetch(url, { headers: { Range: `bytes=${BODY.length}-` } })).status).toBe(416);
    expect((await fetch(url, { headers: { 'If-None-Match': `W/${object.etag}` } })).status).toBe(304);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(BODY.length)]);
  });

  test('a download goes on where the store broke it off, and stays the same file', async () => {
    const { proxy, url } = await setUp();
    proxy.cutAfter(3 * MIB, 3);
    const { response } = await get(url, { Range: 'bytes=100-' });
    expect((await buffer(response)).equals(BODY.subarray(100))).toBe(true);
  });

  test('a listener who pauses for long gets all of it, and holds nothing at the store meanwhile', async () => {
    const { proxy, url } = await setUp();
    const { response } = await get(url);
    response.pause();
    const [before, held] = [proxy.asked(), proxy.connections()];
    await expect.poll(() => proxy.connections(), { timeout: 10_000 }).toBeLessThan(held);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(proxy.asked()).toBe(before);
    expect((await buffer(response)).equals(BODY)).toBe(true);
  });

  test('a listener who goes away frees the connection', async () => {
    const { proxy, url } = await setUp();
    const { call, response } = await get(url);
    await once(response, 'data');
    const held = proxy.connections();
    call.on('error', () => undefined).destroy();
    await expect.poll(() => proxy.connections(), { timeout: 5000 }).toBeLessThan(held);
  });

  test('a download that cannot go on does not look as if it had ended', async () => {
    const { proxy, url } = await setUp();
    const { response } = await get(url);
    await once(response, 'data');
    await proxy.become('refused');
    await expect(buffer(response)).rejects.toThrow(/aborted|reset/);
  });

  test('a file that is replaced in the middle of a download is not sewn to the new one', async () => {
    const { proxy, direct, url } = await setUp();
    const { response } = await get(url);
    await once(response, 'data');
    response.pause();
    await direct.put(KEY, { body: randomBytes(12 * MIB) }, { contentType: 'audio/mpeg' });
    await proxy.become('refused');
    await proxy.become('open');
    await expect(buffer(response)).rejects.toThrow(/aborted|reset/);
  });
});
