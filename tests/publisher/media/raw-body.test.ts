/** Files that go straight to the socket: the same answers as through streams, counted, and nothing left open. */
import { readdir, truncate } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../publisher/listen.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { serveObject } from '../../../publisher/media/serve.ts';
import { temporaryFolder } from '../shelf.ts';

const KEY = 'media/show/talk.mp3';

async function setUp(bytes: number) {
  const folder = await temporaryFolder();
  const media = createFolderStore(folder);
  // A period that no piece is a multiple of: what comes at the wrong place is other bytes.
  const body = Buffer.alloc(bytes, '0123456789abcdefg');
  await media.put(KEY, { body }, { contentType: 'audio/mpeg' });
  const heard = { bytes: 0 };
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.get('/*', async (c) => {
    const observe = () => (sent: number) => void (heard.bytes += sent);
    return (await serveObject(c, KEY, { media, observe })) ?? c.text('none', 404);
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  return { server, app, heard, file: path.join(folder, KEY) };
}

const openFiles = async () => (await readdir('/proc/self/fd')).length;

test('the answer is the one that streams give, with what was added to it, and all of it is counted', async () => {
  const { server, app, heard } = await setUp(1_000_000);
  for (const range of [undefined, 'bytes=0-', 'bytes=999999-', 'bytes=123456-654321']) {
    const headers = range === undefined ? undefined : { Range: range };
    const streamed = await app.request('/', { headers });
    const expected = Buffer.from(await streamed.arrayBuffer());
    heard.bytes = 0;
    const response = await fetch(server.url, { headers });
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
    await expect.poll(() => heard.bytes).toBe(expected.length);
    expect(response.status).toBe(streamed.status);
    expect(Object.fromEntries(response.headers)).toMatchObject(Object.fromEntries(streamed.headers));
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('of a client that stalls little is taken and counted; when it goes, the file is closed', async () => {
  const { server, heard } = await setUp(64_000_000);
  const before = await openFiles();
  const socket = createConnection(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('readable', resolve));
  let last = -1;
  await expect
    .poll(() => {
      const same = heard.bytes === last;
      last = heard.bytes;
      return same;
    })
    .toBe(true);
  expect(heard.bytes).toBeLessThan(64_000_000);
  socket.destroy();
  await expect.poll(openFiles).toBeLessThanOrEqual(before);
});

test('a file that is cut short under our hands breaks the connection, and the next is answered', async () => {
  const { server, file } = await setUp(64_000_000);
  const response = await fetch(server.url);
  await truncate(file, 1_000_000);
  await expect(response.arrayBuffer()).rejects.toThrow();
  expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
});
