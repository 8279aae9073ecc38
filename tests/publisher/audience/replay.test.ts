import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addressRanges,
  parseCountryLine,
  parseNetworkLine,
} from '../../../publisher/audience/address-ranges.ts';
import type { Catalog } from '../../../src/catalog/index.ts';
import { openTestCatalog, type TestCatalog } from '../../catalog/support/test-catalog.ts';
import { FILE_BYTES, type Line, MINUTE_BYTES, onAir, TAG_BYTES } from './support/on-air.ts';

const OVERCAST = 'Overcast/3.0 (+http://overcast.fm/; iOS podcast app)';
const PODCASTS = 'Podcasts/1650.20 CFNetwork/1333.0.4 Darwin/21.5.0';
const CORE_MEDIA = 'AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X; en_us)';
const ANTENNA = 'AntennaPod/3.4.0';
const SPOTIFY = 'Spotify/8.9.10 Android/34 (Pixel 7)';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const WATCH = 'atc/1.0 watchOS/7.3 model/Watch6,4 hwp/t8301 build/18S801 (6; dt:227)';

const at = (time: string) => `2026-11-22T${time}Z`;
const [H1, H2] = ['2001:db8:0:1::10', '2001:db8:0:1:aaaa::20'];

/** A day of an episode. What each line must come to stands beside it. */
const LOG: [line: Line, outcome: string][] = [
  // One listener downloads it, and later again: joined.
  [{ at: at('06:00:00'), from: '203.0.113.1', agent: OVERCAST }, 'download'],
  [{ at: at('06:00:05'), from: '203.0.113.1', agent: OVERCAST, method: 'HEAD' }, 'head'],
  [{ at: at('09:00:00'), from: '203.0.113.1', agent: OVERCAST }, 'joined'],
  // Asks whether ranges can be had, plays, is cut off, goes on: one download.
  [{ at: at('07:00:00'), from: '203.0.113.2', agent: CORE_MEDIA, range: 'bytes=0-1' }, 'probe'],
  [
    { at: at('07:00:01'), from: '203.0.113.2', agent: CORE_MEDIA, range: 'bytes=0-', takes: 300_000 },
    'joined',
  ],
  [{ at: at('07:00:02'), from: '203.0.113.2', agent: CORE_MEDIA, range: 'bytes=524288-1048575' }, 'download'],
  // Less than a minute, though the whole file was asked for; and the same piece again and again.
  [{ at: at('07:10:00'), from: '203.0.113.3', agent: ANTENNA, takes: 200_000 }, 'partial'],
  [{ at: at('07:11:00'), from: '203.0.113.3', agent: ANTENNA, range: 'bytes=0-499999' }, 'partial'],
  [{ at: at('07:12:00'), from: '203.0.113.3', agent: ANTENNA, range: 'bytes=100-499999' }, 'partial'],
  // A minute of bytes from the start is less than a minute of audio: the tag is in it.
  [
    { at: at('07:20:00'), from: '203.0.113.4', agent: SPOTIFY, range: `bytes=0-${MINUTE_BYTES - 1}` },
    'partial',
  ],
  // With the tag it is one, to the byte.
  [
    {
      at: at('07:21:00'),
      from: '203.0.113.5',
      agent: SPOTIFY,
      range: `bytes=0-${TAG_BYTES + MINUTE_BYTES - 2}`,
    },
    'partial',
  ],
  [
    {
      at: at('07:22:00'),
      from: '203.0.113.6',
      agent: SPOTIFY,
      range: `bytes=0-${TAG_BYTES + MINUTE_BYTES - 1}`,
    },
    'download',
  ],
  // From the middle and from the end, in pieces.
  [{ at: at('07:30:00'), from: '203.0.113.7', agent: PODCASTS, range: 'bytes=-480000' }, 'joined'],
  [{ at: at('07:31:00'), from: '203.0.113.7', agent: PODCASTS, range: 'bytes=4000000-4479999' }, 'download'],
  // Two players behind one address, and one player at two addresses of one IPv6 network.
  [{ at: at('08:00:00'), from: '203.0.113.1', agent: ANTENNA }, 'download'],
  [{ at: at('08:01:00'), from: H1, agent: OVERCAST }, 'download'],
  [{ at: at('08:02:00'), from: H2, agent: OVERCAST }, 'joined'],
  // Another file of the same episode.
  [{ at: at('08:03:00'), from: '203.0.113.1', agent: OVERCAST, file: 'm4a' }, 'joined'],
  // A browser by itself, and on a site that plays podcasts.
  [{ at: at('08:10:00'), from: '203.0.113.8', agent: CHROME, range: 'bytes=0-' }, 'download'],
  [
    { at: at('08:11:00'), from: '203.0.113.9', agent: CHROME, headers: { Referer: 'https://podverse.fm/x' } },
    'download',
  ],
  // Through a proxy of ours two listeners; what strangers write before it counts for nothing.
  [
    { at: at('08:20:00'), from: '10.0.0.1', agent: OVERCAST, headers: { 'X-Forwarded-For': '203.0.113.20' } },
    'download',
  ],
  [
    { at: at('08:21:00'), from: '10.0.0.1', agent: OVERCAST, headers: { 'X-Forwarded-For': '203.0.113.21' } },
    'download',
  ],
  [
    {
      at: at('08:22:00'),
      from: '10.0.0.1',
      agent: OVERCAST,
      headers: { 'X-Forwarded-For': '1.1.1.1, 203.0.113.21' },
    },
    'joined',
  ],
  [
    { at: at('08:23:00'), from: '203.0.113.1', agent: OVERCAST, headers: { 'X-Forwarded-For': '2.2.2.2' } },
    'joined',
  ],
  // Nobody who listens.
  [{ at: at('08:30:00'), from: '192.0.2.1', agent: GOOGLEBOT }, 'bot'],
  [{ at: at('08:31:00'), from: '192.0.2.1', agent: 'curl/8.4.0' }, 'bot'],
  [{ at: at('08:32:00'), from: '203.0.113.1', agent: WATCH }, 'watch'],
  [{ at: at('08:33:00'), from: '192.0.2.2' }, 'anonymous'],
  [{ at: at('08:34:00'), from: '198.18.0.9', agent: OVERCAST }, 'data-center'],
  // Nothing that could be heard.
  [{ at: at('08:40:00'), from: '203.0.113.30', agent: OVERCAST, range: `bytes=${FILE_BYTES}-` }, 'no-audio'],
  [
    { at: at('08:41:00'), from: '203.0.113.30', agent: OVERCAST, headers: { 'If-None-Match': '*' } },
    'no-audio',
  ],
];

let opened: TestCatalog;
let catalog: Catalog;
beforeAll(async () => {
  opened = await openTestCatalog();
  catalog = opened.catalog;
});
afterAll(() => opened.remove());

const tables = {
  countries: addressRanges(
    ['203.0.113.0,203.0.113.9,BE', '2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,NL'].map((line) =>
      parseCountryLine(line)!,
    ),
  ),
  dataCenters: addressRanges([parseNetworkLine('198.18.0.0/15', 'x')!]),
};

const amounts = (shares: { value: string; amount: number }[]) =>
  Object.fromEntries(shares.map(({ value, amount }) => [value, amount]));

describe('a log of a day comes to exactly what stands beside its lines', () => {
  const EXPECTED = {
    downloads: 10,
    filtered: {
      ...{ joined: 7, partial: 5, bot: 2, 'no-audio': 2 },
      ...{ probe: 1, head: 1, watch: 1, anonymous: 1, 'data-center': 1 },
    },
    apps: {
      ...{ Overcast: 4, AntennaPod: 1, 'Apple Podcasts': 1, AppleCoreMedia: 1 },
      ...{ Chrome: 1, Podverse: 1, Spotify: 1 },
    },
    countries: { BE: 7, NL: 1 },
    deliveries: { stream: 10 },
  };

  test('as it is written', () => {
    const outcomes = LOG.map(([, outcome]) => outcome);
    const filtered = Object.groupBy(outcomes, (outcome) => outcome);
    const { download, ...others } = filtered;
    expect(download).toHaveLength(EXPECTED.downloads);
    expect(Object.fromEntries(Object.entries(others).map(([name, each]) => [name, each?.length]))).toEqual(
      EXPECTED.filtered,
    );
  });

  test.each<[string, number, boolean]>([
    ['told at the end', 1, false],
    ['told line by line', 1, true],
    ['by two servers in turn', 2, false],
    ['by three servers, line by line', 3, true],
  ])('%s', async (_, count, isToldOften) => {
    const air = await onAir(catalog, tables);
    const servers = [air, ...Array.from({ length: count - 1 }, () => air.server())];
    for (const [index, [line]] of LOG.entries()) {
      const { play, counter } = servers[index % count]!;
      await play(line);
      if (isToldOften) await counter.flush();
    }
    await Promise.all(servers.map(({ counter }) => counter.flush()));
    const found = await air.figures();
    const { downloads } = found;
    const [filtered, apps] = [amounts(found.filtered), amounts(found.apps)];
    const [countries, deliveries] = [amounts(found.countries), amounts(found.deliveries)];
    expect({ downloads, filtered, apps, countries, deliveries }).toEqual(EXPECTED);
    expect(amounts(found.devices)).toMatchObject({ computer: 2 });
  });
});

describe('days', () => {
  const listen = { from: '203.0.113.1', agent: OVERCAST };

  test('the same listener counts again on the next, and cannot be recognised', async () => {
    const { play, counter, figures, clock } = await onAir(catalog);
    await play({ ...listen, at: '2026-12-01T23:59:00Z' });
    await counter.flush();
    const salt = await catalog.audience.saltOf('2026-12-01');
    await play({ ...listen, at: '2026-12-02T00:11:00Z' });
    await counter.flush();
    expect((await figures('2026-12-01', '2026-12-02')).days).toEqual([
      { day: '2026-12-01', downloads: 1 },
      { day: '2026-12-02', downloads: 1 },
    ]);
    // Ten minutes after midnight the salt is gone for good.
    expect(await catalog.audience.saltOf('2026-12-01')).not.toEqual(salt);
    clock.nowMs = Date.parse('2026-12-02T00:22:00Z');
    await counter.flush();
  });

  test('a download over midnight belongs to the day it began in, once', async () => {
    const { app, counter, figures, clock, renditions } = await onAir(catalog);
    clock.nowMs = Date.parse('2026-12-03T23:59:58Z');
    const { mediaKey } = renditions[0]!;
    const env = { incoming: { socket: { remoteAddress: '203.0.113.1' } } };
    const response = await app.request(`/${mediaKey}`, { headers: { 'User-Agent': OVERCAST } }, env);
    const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    for (let had = 0; had < 400_000; had += (await reader.read()).value?.byteLength ?? Infinity);
    await counter.flush();
    clock.nowMs = Date.parse('2026-12-04T00:20:00Z');
    while (!(await reader.read()).done);
    await counter.flush();
    expect((await figures('2026-12-03', '2026-12-04')).days).toEqual([{ day: '2026-12-03', downloads: 1 }]);
  });
});

describe('what cannot be trusted', () => {
  test('fifty kinds of players behind one address count, more of them do not', async () => {
    const { play, counter, figures } = await onAir(catalog);
    for (let version = 0; version < 60; version++)
      await play({ at: at('12:00:00'), from: '203.0.113.50', agent: `Overcast/${version}` });
    await play({ at: at('12:00:01'), from: '203.0.113.51', agent: 'Overcast/1' });
    await counter.flush();
    const found = await figures();
    expect(found.downloads).toBe(51);
    expect(amounts(found.filtered)).toEqual({ excess: 10 });
  });

  test('files that are no episode’s, and addresses that lead nowhere, are nobody’s downloads', async () => {
    const { app, counter, figures, media } = await onAir(catalog);
    await media.put('media/x/other.mp3', { body: Buffer.alloc(2_000_000) }, { contentType: 'audio/mpeg' });
    for (const key of ['media/x/other.mp3', 'media/x/none.mp3', 'media/..%2f..', 'media/%ff'])
      await (await app.request(`/${key}`, { headers: { 'User-Agent': OVERCAST } })).arrayBuffer();
    await counter.flush();
    expect(await figures()).toMatchObject({ downloads: 0, filtered: [] });
  });
});

test('while the catalog is away nothing is lost, nothing counts twice, and serving goes on', async () => {
  let isAway = false;
  const away = () => Promise.reject(new Error('the catalog is away'));
  const { audience } = catalog;
  const { play, counter, figures } = await onAir(catalog, {
    audience: {
      ...audience,
      saltOf: (day) => (isAway ? away() : audience.saltOf(day)),
      record: (told, openSince) => (isAway ? away() : audience.record(told, openSince)),
    },
  });
  isAway = true;
  await play({ at: at('13:00:00'), from: '203.0.113.1', agent: OVERCAST, takes: 500_000 });
  await expect(counter.flush()).rejects.toThrow('away');
  expect(
    (await play({ at: at('13:00:05'), from: '203.0.113.1', agent: OVERCAST, method: 'HEAD' })).status,
  ).toBe(200);
  await expect(counter.flush()).rejects.toThrow('away');
  await play({ at: at('13:00:10'), from: '203.0.113.1', agent: OVERCAST, range: 'bytes=500000-1500000' });
  isAway = false;
  await counter.flush();
  await counter.flush();
  const found = await figures();
  expect(found.downloads).toBe(1);
  expect(amounts(found.filtered)).toEqual({ joined: 1, head: 1 });
});

test('no address and no agent ever stands in the catalog’s files', async () => {
  const own = await openTestCatalog();
  try {
    const { play, counter, figures } = await onAir(own.catalog);
    await play({ at: at('12:00:00'), from: '203.0.113.77', agent: `${OVERCAST} needle` });
    await play({
      at: at('12:00:00'),
      from: '10.0.0.1',
      agent: OVERCAST,
      headers: { 'X-Forwarded-For': '203.0.113.78' },
    });
    await counter.close();
    expect((await figures()).downloads).toBe(2);
    await own.catalog.close();
    const folder = own.options.dataFolder;
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
      file.isFile(),
    );
    const found = new Set<string>();
    for (const file of files) {
      const body = await readFile(path.join(file.parentPath, file.name), 'latin1');
      for (const text of ['203.0.113.7', 'cb00714d', 'needle', 'AntennaPod', 'audience_salts'])
        if (body.includes(text)) found.add(text);
    }
    // The last shows that these are the files.
    expect([...found]).toEqual(['audience_salts']);
  } finally {
    await own.remove();
  }
});

describe('where a store serves listeners itself', () => {
  const storeOf = (store: Awaited<ReturnType<typeof onAir>>['media']) => ({
    ...store,
    publicUrl: (key: string) => `https://cdn.example.org/${key}`,
  });

  test.each(['redirect', 'direct'] as const)(
    '%s: apps are sent there, and what they ask for counts',
    async (delivery) => {
      const { play, counter, figures, app, media } = await onAir(catalog, { delivery, storeOf });
      const listen = { at: at('12:00:00'), agent: OVERCAST };
      const response = await play({ ...listen, from: '203.0.113.1' });
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toMatch(/^https:\/\/cdn\.example\.org\/media\/.*\.mp3$/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      await play({ ...listen, from: '203.0.113.2', range: 'bytes=0-1' });
      await play({ ...listen, from: '203.0.113.2', range: 'bytes=0-500000' });
      await play({ ...listen, from: '203.0.113.3', range: 'bytes=0-' });
      await play({ ...listen, from: '203.0.113.4', method: 'HEAD' });
      await counter.flush();
      const found = await figures();
      expect(found.downloads).toBe(2);
      expect(amounts(found.deliveries)).toEqual({ redirect: 2 });
      expect(amounts(found.filtered)).toEqual({ probe: 1, partial: 1, head: 1 });
      await media.put('media/x/transcript.vtt', { body: Buffer.from('WEBVTT') }, { contentType: 'text/vtt' });
      expect((await app.request('/media/x/transcript.vtt')).status).toBe(200);
    },
  );

  test('without such an address we serve', async () => {
    const { play, counter, figures } = await onAir(catalog, { delivery: 'redirect' });
    expect((await play({ at: at('12:00:00'), agent: OVERCAST })).status).toBe(200);
    await counter.flush();
    expect(amounts((await figures()).deliveries)).toEqual({ stream: 1 });
  });
});
