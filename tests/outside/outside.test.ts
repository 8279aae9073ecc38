import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createOutside, decodeText, OutsideError } from '../../src/outside/index.ts';
import { loopback } from './loopback.ts';

const outside = createOutside({});
const small = { mostBytes: 1000 };
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'fetched',
    (error: unknown) => (error instanceof OutsideError ? error.code : error),
  );

async function scratch(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-outside-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Each would reach this machine, or one beside it, if it were not refused: the server must never be asked. */
const spelled = (port: string) => [
  `http://127.0.0.1:${port}/`,
  `http://localhost:${port}/`,
  `http://127.1:${port}/`,
  `http://2130706433:${port}/`,
  `http://0x7f000001:${port}/`,
  `http://0x7f.0.0.1:${port}/`,
  `http://0177.0.0.1:${port}/`,
  `http://017700000001:${port}/`,
  `http://127.0.0.1.:${port}/`,
  `http://１２７．0.0.1:${port}/`,
  `http://①②⑦.⓪.⓪.①:${port}/`,
  `http://0.0.0.0:${port}/`,
  `http://0:${port}/`,
  `http://[::1]:${port}/`,
  `http://[0:0:0:0:0:0:0:1]:${port}/`,
  `http://[::]:${port}/`,
  `http://[::ffff:127.0.0.1]:${port}/`,
  `http://[::ffff:7f00:1]:${port}/`,
  `http://[::127.0.0.1]:${port}/`,
  `http://[64:ff9b::7f00:1]:${port}/`,
  `http://[2002:7f00:1::]:${port}/`,
];

test('no spelling of this machine is asked, however it is written', async () => {
  const { host, asked } = await loopback((_, response) => response.end('secret'));
  for (const url of spelled(host.split(':')[1]!))
    expect([url, await codeOf(outside.bytes(url, small))]).toEqual([url, 'not-allowed']);
  // Not every resolver knows the name with a dot.
  expect(await codeOf(outside.bytes(`http://localhost.:${host.split(':')[1]!}/`, small))).not.toBe('fetched');
  expect(asked).toEqual([]);
});

test.each([
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.127.255.254',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::1]',
  '[2002:a00:1::]',
  '[2001:db8::1]',
  '[100::1]',
])('%s is no public address', async (host) => {
  for (const scheme of ['http', 'https'])
    expect(await codeOf(outside.bytes(`${scheme}://${host}/feed`, small))).toBe('not-allowed');
});

test.each([
  'file:///etc/passwd',
  'ftp://example.org/feed',
  'gopher://example.org/',
  'data:text/xml,<rss/>',
  'javascript:alert(1)',
  'http://user:secret@example.org/feed',
  '//example.org/feed',
  'not an address',
  'http://',
  '',
])('%s is not fetched', async (url) => {
  const error: unknown = await outside.bytes(url, small).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'not-allowed' });
  expect((error as Error).message).not.toContain('secret');
});

test('a redirect is checked like the first address, and they do not go on for ever', async () => {
  const secret = await loopback((_, response) => response.end('secret'));
  const door = await loopback((request, response) => {
    const [, to = ''] = /^\/to\/(.*)$/.exec(request.url ?? '') ?? [];
    const target = to === 'itself' ? request.url! : decodeURIComponent(to);
    // As bytes: a header's text is Latin-1 to Node, which would refuse some of them.
    response.writeHead(302, { Location: Buffer.from(target).toString('latin1') }).end();
  });
  const allowed = createOutside({ allowHosts: [door.host] });
  const through = (target: string) =>
    codeOf(allowed.bytes(`${door.url}/to/${encodeURIComponent(target)}`, small));
  for (const target of [
    ...spelled(secret.host.split(':')[1]!),
    'file:///etc/passwd',
    'http://u:p@example.org/',
  ])
    expect([target, await through(target)]).toEqual([target, 'not-allowed']);
  expect(secret.asked).toEqual([]);
  expect(await through('itself')).toBe('too-many-redirects');
  expect(door.asked.length).toBeLessThan(45);
});

test('the installation itself may be asked, a host that an operator names too, and the port beside it not', async () => {
  const own = await loopback((_, response) => response.end('ours'));
  const other = await loopback((_, response) => response.end('theirs'));
  const some = createOutside({ baseUrl: `${own.url}/podcasts`, allowHosts: [other.host] });
  expect((await some.bytes(`${own.url}/podcasts/feed.xml`, small)).body.toString()).toBe('ours');
  expect((await some.bytes(other.url, small)).body.toString()).toBe('theirs');
  expect(await codeOf(createOutside({ allowHosts: [other.host] }).bytes(own.url, small))).toBe('not-allowed');
});

test('documents have a size as they come and as they unfold, and a time', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const { url, host } = await loopback((request, response) => {
    switch (request.url ?? '') {
      case '/said':
        response.writeHead(200, { 'Content-Length': 1001 }).end(Buffer.alloc(1001));
        break;
      case '/unsaid':
        response.write(Buffer.alloc(700));
        response.end(Buffer.alloc(700));
        break;
      case '/bomb':
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
        break;
      case '/damaged':
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('no gzip');
        break;
      case '/odd':
        response.writeHead(200, { 'Content-Encoding': 'zstd' }).end('odd');
        break;
      case '/drip':
        setInterval(() => response.write('.'), 20).unref();
        break;
      case '/hanging':
        response.writeHead(200).write('<rss>');
        break;
      case '/zipped':
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('words'));
        break;
      case '/gone':
        response.writeHead(410).end();
        break;
      case '/ill':
        response.writeHead(503).end();
        break;
    }
  });
  const near = createOutside({ allowHosts: [host] });
  const code = (where: string, more = {}) => codeOf(near.bytes(`${url}/${where}`, { ...small, ...more }));
  expect(await code('said')).toBe('too-large');
  expect(await code('unsaid')).toBe('too-large');
  const before = process.memoryUsage().rss;
  expect(await code('bomb')).toBe('too-large');
  expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  expect(await code('damaged')).toBe('refused');
  expect(await code('odd')).toBe('refused');
  expect(await code('drip', { withinMs: 300 })).toBe('too-slow');
  expect(await code('hanging', { patienceMs: 200 })).toBe('too-slow');
  expect(await code('silent', { patienceMs: 200 })).toBe('too-slow');
  expect(await code('gone')).toBe('refused');
  expect(await code('ill')).toBe('busy');
  expect((await near.bytes(`${url}/zipped`, small)).body.toString()).toBe('words');
  expect(await codeOf(near.bytes('http://127.0.0.1:1/', small))).toBe('not-allowed');
  expect(
    await codeOf(createOutside({ allowHosts: ['127.0.0.1:1'] }).bytes('http://127.0.0.1:1/', small)),
  ).toBe('unreachable');
});

test('what is told to a server is told once, with its body, and an abort ends it', async () => {
  const bodies: string[] = [];
  const { url, host } = await loopback((request, response) => {
    if (request.url === '/never') return;
    request.on('data', (piece: Buffer) => bodies.push(piece.toString()));
    request.on('end', () => response.writeHead(204).end());
  });
  const near = createOutside({ allowHosts: [host] });
  expect(await near.tell(url, { method: 'POST', body: 'hub.mode=publish' })).toEqual({ status: 204 });
  expect(bodies).toEqual(['hub.mode=publish']);
  const stop = new AbortController();
  const waiting = near.bytes(`${url}/never`, { ...small, signal: stop.signal });
  setTimeout(() => stop.abort(new Error('enough')), 50);
  await expect(waiting).rejects.toThrow('enough');
});

test('text is read in the encoding that it has', () => {
  const text = (body: Buffer, contentType?: string) => decodeText({ body, contentType });
  expect(text(Buffer.from('é'))).toBe('é');
  expect(text(Buffer.from([0xe9]), 'text/xml; charset=ISO-8859-1')).toBe('é');
  expect(text(Buffer.from('<?xml version="1.0" encoding="windows-1252"?>\x80', 'latin1'))).toContain('€');
  expect(text(Buffer.from('\ufeffé'), 'text/xml; charset=iso-8859-1')).toBe('é');
  expect(text(Buffer.from('\ufeffé', 'utf16le'))).toBe('é');
  expect(text(Buffer.from('<?xml version="1.0" encoding="klingon"?>é'))).toContain('é');
});

/** A file that can be had in parts, by a server that breaks off as often as it is told to. */
async function fileServer({
  etag = '"v1"',
  ranges = true,
  breaks = 0,
}: { etag?: string; ranges?: boolean; breaks?: number } = {}) {
  const file = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
  const served = { file, etag, breaks, sent: 0, saysLength: true };
  const server = await loopback((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    const [, first] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
    const isPart = ranges && first !== undefined && ifRange === served.etag;
    const from = isPart ? Number(first) : 0;
    if (from >= served.file.length) {
      const whole = { 'Content-Range': `bytes */${served.file.length}` };
      return void response.writeHead(416, served.saysLength ? whole : {}).end();
    }
    response.writeHead(isPart ? 206 : 200, {
      'Content-Type': 'audio/mpeg',
      'Content-Length': served.file.length - from,
      ...(served.etag !== '' && { ETag: served.etag }),
      ...(isPart && { 'Content-Range': `bytes ${from}-${served.file.length - 1}/${served.file.length}` }),
    });
    if (served.breaks > 0) {
      served.breaks -= 1;
      served.sent += 40_000;
      response.write(served.file.subarray(from, from + 40_000), () =>
        setTimeout(() => response.destroy(), 50),
      );
    } else {
      served.sent += served.file.length - from;
      response.end(served.file.subarray(from));
    }
  });
  const folder = await scratch();
  const near = createOutside({ allowHosts: [server.host] });
  const download = () => near.download(`${server.url}/a.mp3`, { folder, mostBytes: 1_000_000 });
  return { ...server, served, folder, near, download };
}

test('a download that breaks off goes on where it was, and is fetched once', async () => {
  const { served, download, folder, asked } = await fileServer({ breaks: 2 });
  expect(await codeOf(download())).toBe('unreachable');
  expect(await codeOf(download())).toBe('unreachable');
  const done = await download();
  expect(await readFile(done.path)).toEqual(served.file);
  expect(done).toMatchObject({ bytes: 100_000, contentType: 'audio/mpeg' });
  expect(served.sent).toBe(100_000);
  expect(asked.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=40000-', 'bytes=80000-']);
  // Whole, it is not asked for again, also by a process that knows nothing of it but the folder.
  await download();
  expect(asked.length).toBe(3);
  await done.forget();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['the file has changed', { etag: '"v1"' }],
  ['the server knows no ranges', { ranges: false }],
  ['a tag is weak', { etag: 'W/"v1"' }],
  ['there is no tag', { etag: '' }],
])('where %s it is fetched anew, and is whole', async (why, options) => {
  const { served, download } = await fileServer({ ...options, breaks: 1 });
  expect(await codeOf(download())).toBe('unreachable');
  if (why === 'the file has changed') {
    served.etag = '"v2"';
    served.file = Buffer.from(served.file.toReversed().subarray(0, 70_000));
  }
  const done = await download();
  expect(await readFile(done.path)).toEqual(served.file);
});

test.each([true, false])(
  'a file that was whole when its process died is whole (length said: %s)',
  async (said) => {
    const { served, download, folder, asked } = await fileServer({ breaks: 1 });
    served.saysLength = said;
    await codeOf(download());
    const [part] = (await readdir(folder)).filter((name) => name.endsWith('.part'));
    await writeFile(path.join(folder, part ?? ''), served.file);
    expect(await readFile((await download()).path)).toEqual(served.file);
    // Whoever does not say how long it is has it fetched anew.
    expect(asked.length).toBe(said ? 2 : 3);
  },
);

test('a download has a size, said or not', async () => {
  const { near, url } = await fileServer();
  const folder = await scratch();
  expect(await codeOf(near.download(`${url}/a.mp3`, { folder, mostBytes: 99_999 }))).toBe('too-large');
  const endless = await loopback((_, response) => {
    const send = () => void response.write(Buffer.alloc(65_536), () => setImmediate(send));
    send();
  });
  const other = createOutside({ allowHosts: [endless.host] });
  expect(await codeOf(other.download(endless.url, { folder, mostBytes: 500_000 }))).toBe('too-large');
  const zipped = await loopback((_, response) =>
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('audio')),
  );
  const third = createOutside({ allowHosts: [zipped.host] });
  expect(await codeOf(third.download(zipped.url, { folder, mostBytes: 500_000 }))).toBe('refused');
});
