import { mkdir, readdir, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { createPublisherApp } from '../../../publisher/app.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { signExportLink, signRawTracksLink } from '../../../publisher/media/signed-link.ts';
import { peaksFolder, writePeaks } from '../../../src/mastering/peaks-file.ts';
import { createPeaks } from '../../../src/mastering/peaks.ts';
import { parsePeaks } from '../../mastering/support/peaks.ts';
import { BASE_URL, catalogOf, guild, temporaryFolder } from '../shelf.ts';

const signingKey = Buffer.alloc(32, 7);
const SESSION_ID = '5e550000-0000-4000-8000-000000000001';
const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const SECONDS = 40;

const zoomsOf = (level: number) => {
  const peaks = createPeaks(SECONDS * 48_000);
  for (let second = 0; second < SECONDS; second += 1)
    peaks.add(new Float32Array(48_000).fill((level * second) / SECONDS), second * 48_000);
  return peaks.finish();
};
const query = (untilMs = NOW_MS + 60_000) =>
  new URL(signRawTracksLink({ baseUrl: BASE_URL, signingKey }, SESSION_ID, untilMs)).search;
const at = (what: string, proof = query()) => `/raw/${SESSION_ID}/peaks/${what}${proof}`;

let app: ReturnType<typeof createPublisherApp>;
let sessionFolder: string;
beforeEach(async () => {
  const sessionsFolder = await temporaryFolder();
  sessionFolder = path.join(sessionsFolder, SESSION_ID);
  await mkdir(sessionFolder);
  app = createPublisherApp({
    catalog: catalogOf({ guilds: [guild], shows: [], episodes: [], sessions: [] }),
    media: createFolderStore(await temporaryFolder()),
    ...{ sessionsFolder, exportsFolder: await temporaryFolder(), percentOf: () => 0 },
    ...{ signingKey, baseUrl: BASE_URL, logger: pino({ level: 'silent' }), nowMs: () => NOW_MS },
  });
});
const keep = (track: number | 'master', level: number) =>
  writePeaks(peaksFolder(sessionFolder, track), 'peaks', zoomsOf(level));
const bodyOf = async (response: Response | Promise<Response>) =>
  Buffer.from(await (await response).arrayBuffer());

test('every zoom of a track and of the master, whole', async () => {
  await keep(2, 0.9);
  await keep('master', 0.5);
  for (const [track, level] of [
    ['02', 0.9],
    ['2', 0.9],
    ['master', 0.5],
  ] as const)
    for (const zoom of zoomsOf(level)) {
      const response = await app.request(at(`${track}/${zoom.samplesPerPixel}.dat`));
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        ...{ 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' },
        ...{ 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex' },
        'content-length': String(24 + zoom.minMax.length),
      });
      expect(parsePeaks(await bodyOf(response))).toEqual(zoom);
    }
});

test('HEAD, ranges, and the ETag by which they stay parts of one file', async () => {
  await keep(1, 0.9);
  const address = at('01/480.dat');
  const head = await app.request(address, { method: 'HEAD' });
  const length = Number(head.headers.get('content-length'));
  expect([length, await head.text()]).toEqual([24 + (2 * SECONDS * 48_000) / 480, '']);
  const etag = head.headers.get('etag')!;
  const whole = await bodyOf(app.request(address));
  // The header, and then the pixels of ten seconds out of the middle.
  for (const [first, last] of [
    [0, 23],
    [24 + 2000, 24 + 3999],
  ] as const) {
    const headers = { Range: `bytes=${first}-${last}`, 'If-Range': etag };
    const part = await app.request(address, { headers });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes ${first}-${last}/${length}`,
    ]);
    expect(await bodyOf(part)).toEqual(whole.subarray(first, last + 1));
  }
  expect((await app.request(address, { headers: { 'If-None-Match': etag } })).status).toBe(304);
  const beyond = await app.request(address, { headers: { Range: `bytes=${length}-` } });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${length}`]);
  // Made anew, as long as before: another file.
  await keep(1, 0.3);
  const headers = { Range: 'bytes=24-', 'If-Range': etag };
  const anew = await app.request(address, { headers });
  expect([anew.status, anew.headers.get('etag') === etag]).toEqual([200, false]);
  expect(parsePeaks(await bodyOf(anew))).toEqual(zoomsOf(0.3)[0]);
});

test('a body that began stays the file it was, and no file stays open', async () => {
  await keep(1, 0.9);
  const begun = await app.request(at('01/480.dat'));
  await keep(1, 0.3);
  expect(parsePeaks(await bodyOf(begun))).toEqual(zoomsOf(0.9)[0]);
  await app.request(at('01/480.dat'), { method: 'HEAD' });
  await (await app.request(at('01/480.dat'))).body!.cancel();
  await expect.poll(openFiles).toBe(0);
});

/** Handles of this process below the session; where /proc is missing there is nothing to count. */
async function openFiles(): Promise<number> {
  const handles = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(
    handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(sessionFolder)).length;
}

describe('what is not there, and who may not see it', () => {
  beforeEach(() => keep(1, 0.5));

  test.each([
    ['a track without any', () => at('02/480.dat'), 404, 'There are no peaks of this yet'],
    ['a master without any', () => at('master/480.dat'), 404, 'There are no peaks of this yet'],
    ['another zoom', () => at('01/481.dat'), 404, 'There are no peaks of this yet'],
    ['another file', () => at('01/..%2fpeaks-480.dat'), 404, 'Nothing has this address'],
    ['an expired link', () => at('01/480.dat', query(NOW_MS)), 410, 'This download link has ended'],
    ['a cut link', () => at('01/480.dat').slice(0, -2), 403, 'This download link is not valid'],
    ['a bare address', () => at('01/480.dat', ''), 403, 'This download link is not valid'],
    [
      'a link to an export',
      () =>
        at(
          '01/480.dat',
          new URL(signExportLink({ baseUrl: BASE_URL, signingKey }, SESSION_ID, NOW_MS + 60_000)).search,
        ),
      403,
      'This download link is not valid',
    ],
  ])('%s', async (_, address, status, words) => {
    const response = await app.request(address());
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)]);
  });

  test('an erased speaker, and a recording that is gone', async () => {
    await rm(path.join(sessionFolder, 'derived/01'), { recursive: true });
    expect((await app.request(at('01/480.dat'))).status).toBe(404);
    await rm(sessionFolder, { recursive: true });
    const gone = await app.request(at('01/480.dat'));
    expect([gone.status, await gone.text()]).toEqual([
      404,
      expect.stringContaining('This recording is not here any more'),
    ]);
  });
});
