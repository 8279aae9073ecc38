import { mkdir, open, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { createPublisherApp } from '../../../publisher/app.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { signExportLink, signRawTracksLink } from '../../../publisher/media/signed-link.ts';
import { watchExports } from '../../../publisher/studio/export-progress.ts';
import type { CatalogEvent, Export } from '../../../src/catalog/index.ts';
import { BASE_URL, catalogOf, guild, temporaryFolder } from '../shelf.ts';

const signingKey = Buffer.alloc(32, 7);
const EXPORT_ID = 'e4900000-0000-4000-8000-000000000001';
const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const bodies = new Map([
  ['2026-11-22 Stage - 00 Read me.txt', Buffer.from('Put them at zero.\r\n')],
  ['2026-11-22 Stage - 01 Ada 👩‍🚀.flac', Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))],
  ['2026-11-22 Stage - 02 مقدمة.flac', Buffer.alloc(70_000, 'b')],
]);

async function setUp(changes: Partial<Export> = {}) {
  const exportsFolder = await temporaryFolder();
  const folder = path.join(exportsFolder, EXPORT_ID);
  await mkdir(folder);
  for (const [name, body] of bodies) await writeFile(path.join(folder, name), body);
  const files = [...bodies].map(([name, body]) => ({
    ...{ kind: 'track' as const, name, bytes: body.length, crc32: crc32(body) },
  }));
  const row: Export = {
    ...{ id: EXPORT_ID, guild_id: guild.id, session_id: 's', requested_by: '300', format: 'flac' },
    ...{ from_us: null, to_us: null, state: 'ready', failure: null, name: '2026-11-22 Stage', files },
    ...{ bytes: 370_019, created_at: new Date(NOW_MS - 60_000), ready_at: new Date(NOW_MS - 30_000) },
    expires_at: new Date(NOW_MS + 3_600_000),
    ...changes,
  };
  const app = createPublisherApp({
    catalog: catalogOf({ guilds: [guild], shows: [], episodes: [], sessions: [], exports: [row] }),
    media: createFolderStore(await temporaryFolder()),
    ...{ sessionsFolder: await temporaryFolder(), exportsFolder, percentOf: () => 42 },
    ...{ signingKey, baseUrl: BASE_URL, logger: pino({ level: 'silent' }), nowMs: () => NOW_MS },
  });
  return { app, folder };
}

const page = signExportLink({ baseUrl: BASE_URL, signingKey }, EXPORT_ID, NOW_MS + 60_000).slice(
  BASE_URL.length,
);
const at = (what: string) => page.replace('/?', `/${what}?`);

test('the page lists every file under its name, and every link of it leads to the file', async () => {
  const { app } = await setUp();
  const html = await (await app.request(page)).text();
  expect(html).toContain('2026-11-22 Stage - 02 مقدمة.flac');
  expect(html).toMatch(/noindex/);
  const hrefs = [...html.matchAll(/href="((?:files|all)[^"]*)"/g)].map(([, href]) =>
    href!.replaceAll('&amp;', '&'),
  );
  expect(hrefs).toHaveLength(4);
  for (const [index, [name, body]] of [...bodies].entries()) {
    const response = await app.request(`/exports/${EXPORT_ID}/${hrefs[index + 1]!}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toContain(
      encodeURIComponent(name).replaceAll("'", '%27'),
    );
    expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
  }
});

async function wholeZip(app: Awaited<ReturnType<typeof setUp>>['app']): Promise<Buffer> {
  return Buffer.from(await (await app.request(at('all.zip'))).arrayBuffer());
}

test('the zip holds them all, stored, with the names', async () => {
  const { app } = await setUp();
  const response = await app.request(at('all.zip'));
  expect(Object.fromEntries(response.headers)).toMatchObject({
    ...{ 'content-type': 'application/zip', 'accept-ranges': 'bytes', 'cache-control': 'private, no-cache' },
    'content-disposition': expect.stringContaining('2026-11-22%20Stage%20-%20tracks.zip') as string,
  });
  const zip = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(zip.length));
  const found = new Map<string, Buffer>();
  const file = await fromBufferPromise(zip, { strictFileNames: true });
  for await (const entry of file.eachEntry()) {
    expect(entry.compressionMethod).toBe(0);
    found.set(entry.fileName, await buffer(await file.openReadStreamPromise(entry)));
  }
  expect(found).toEqual(bodies);
});

describe('by range', () => {
  test('a zip that is fetched in pieces is the zip, wherever it broke off', async () => {
    const { app } = await setUp();
    const zip = await wholeZip(app);
    const pieces: Buffer[] = [];
    for (let from = 0; from < zip.length; from += 65_537) {
      const headers = { Range: `bytes=${from}-${Math.min(zip.length, from + 65_537) - 1}` };
      const response = await app.request(at('all.zip'), { headers });
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toMatch(new RegExp(`^bytes ${from}-\\d+/${zip.length}$`));
      pieces.push(Buffer.from(await response.arrayBuffer()));
    }
    expect(Buffer.concat(pieces).equals(zip)).toBe(true);
    for (const first of [0, 1, 60, 61, 299_000, zip.length - 30]) {
      const response = await app.request(at('all.zip'), {
        headers: { Range: `bytes=${first}-${first + 29}` },
      });
      expect(Buffer.from(await response.arrayBuffer())).toEqual(zip.subarray(first, first + 30));
    }
  });

  test.each(['files/1', 'all.zip'])(
    '%s: resumed by its ETag, told its length, and what is beyond it',
    async (what) => {
      const { app } = await setUp();
      const head = await app.request(at(what), { method: 'HEAD' });
      const length = Number(head.headers.get('content-length'));
      const etag = head.headers.get('etag')!;
      expect(etag).toMatch(/^"[^"]+"$/);
      expect(await head.text()).toBe('');
      const rest = (validator: string) =>
        app.request(at(what), { headers: { Range: `bytes=${length - 10}-`, 'If-Range': validator } });
      expect((await rest(etag)).status).toBe(206);
      expect((await rest('"another"')).status).toBe(200);
      const beyond = await app.request(at(what), { headers: { Range: `bytes=${length}-` } });
      expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${length}`]);
      expect((await app.request(at(what), { headers: { 'If-None-Match': etag } })).status).toBe(304);
    },
  );
});

test('beyond 4 GiB: its length is told, and any part of it comes, the end of the zip included', async () => {
  // Holes, as the silence of a long WAV file is.
  const files = [2 ** 32 + 4096, 100].map((bytes, index) => ({
    ...{ kind: 'track' as const, name: `2026-11-22 Stage - 0${index + 1} x.wav`, bytes, crc32: 0 },
  }));
  const { app, folder } = await setUp({ files });
  for (const { name, bytes } of files) {
    await writeFile(path.join(folder, name), '');
    await truncate(path.join(folder, name), bytes);
  }
  const [large] = files as [(typeof files)[number]];
  const handle = await open(path.join(folder, large.name), 'r+');
  await handle.write('the end', large.bytes - 7);
  await handle.close();
  for (const what of ['files/0', 'all.zip']) {
    const head = await app.request(at(what), { method: 'HEAD' });
    const length = Number(head.headers.get('content-length'));
    expect(length).toBeGreaterThanOrEqual(large.bytes);
    const headers = { Range: `bytes=${large.bytes - 7}-` };
    const tail = await app.request(at(what), { headers });
    expect([tail.status, tail.headers.get('content-range')]).toEqual([
      206,
      `bytes ${large.bytes - 7}-${length - 1}/${length}`,
    ]);
    const body = Buffer.from(await tail.arrayBuffer());
    expect(body).toHaveLength(length - large.bytes + 7);
    expect(body.includes('the end')).toBe(true);
    // The locator of the zip64 directory (APPNOTE 4.3.15).
    if (what === 'all.zip') expect(body.includes(Buffer.from('PK\x06\x07', 'latin1'))).toBe(true);
  }
});

test.each<[string, string, Partial<Export>, number, RegExp]>([
  ['being made', page, { state: 'making', expires_at: null }, 200, /42 %[\s\S]*looks again by itself/],
  [
    'failed',
    page,
    { state: 'failed', failure: 'The disk is full.' },
    200,
    /could not be made[\s\S]*The disk is full/,
  ],
  [
    'a file that is not there yet',
    at('files/0'),
    { state: 'making', expires_at: null },
    404,
    /not there yet/,
  ],
  ['a file that never was', at('files/9'), {}, 404, /no longer stored/],
  ['expired', page, { expires_at: new Date(NOW_MS) }, 410, /no longer kept/],
  ['its files, expired', at('all.zip'), { expires_at: new Date(NOW_MS) }, 410, /no longer kept/],
  ['swept', page, { id: 'another' }, 404, /no longer stored/],
  ['a link that was changed', at('all.zip').slice(0, -1), {}, 403, /not valid/],
])('%s: the page says so', async (_, address, changes, status, words) => {
  const { app } = await setUp(changes);
  const response = await app.request(address);
  expect(await response.text()).toMatch(words);
  expect(response.status).toBe(status);
});

test('a link to raw tracks is none to an export; files that are gone are a page, not half a download', async () => {
  const { app, folder } = await setUp();
  const raw = signRawTracksLink({ baseUrl: BASE_URL, signingKey }, EXPORT_ID, NOW_MS + 60_000);
  expect((await app.request(`/exports/${EXPORT_ID}/all.zip${new URL(raw).search}`)).status).toBe(403);
  await rm(path.join(folder, [...bodies.keys()][2]!));
  expect((await app.request(at('all.zip'))).status).toBe(404);
  expect((await app.request(at('files/1'))).status).toBe(200);
});

test('how far an export is comes from the news, and is forgotten with its end', () => {
  let tell: (event: CatalogEvent) => void = () => undefined;
  const progress = watchExports({
    watch: (listener) => {
      tell = listener;
      return () => undefined;
    },
  });
  const news = { type: 'export', guildId: '1', sessionId: 's', exportId: EXPORT_ID } as const;
  expect(progress.percentOf(EXPORT_ID)).toBe(0);
  tell({ ...news, state: 'making', percent: 30 });
  expect(progress.percentOf(EXPORT_ID)).toBe(30);
  tell({ ...news, state: 'ready' });
  expect(progress.percentOf(EXPORT_ID)).toBe(0);
});
