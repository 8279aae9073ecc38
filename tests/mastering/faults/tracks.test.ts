import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { trackPaths } from '../../../recorder/session/paths.ts';
import { startRender } from '../../../src/mastering/index.ts';
import { noise, temporaryFolder } from '../support/signals.ts';
import { requestFor } from '../support/sessions.ts';
import { checksums, recorded, voice } from './support.ts';

/** Every so often a byte of the file is another one. */
async function corrupt(file: string, everyBytes: number): Promise<void> {
  const bytes = await readFile(file);
  for (let at = everyBytes; at < bytes.length; at += everyBytes) bytes[at]! ^= 0xff;
  await writeFile(file, bytes);
}

/** The first byte says CELT, 20 ms; all else is chance. */
const nonsense = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, seed) =>
    Uint8Array.from(noise(90, 128, seed + 1), (value, at) => (at === 0 ? 0xf8 : Math.floor(value) & 0xff)),
  );

test('tracks that are corrupt, cut short, empty or nonsense: what is left makes an episode, and they stay as they are', async () => {
  const lines = await Promise.all([0, 1, 2, 3].map((line) => voice(line)));
  const says = (userId: string, startUs: number, packets: Uint8Array[]) => ({
    ...{ userId, displayName: userId },
    spurts: [{ startUs, packets }],
  });
  const { folder, tracks } = await recorded({
    speakers: [
      says('whole', 500_000, lines[0]!),
      says('nonsense', 1_000_000, nonsense(100)),
      says('corrupt', 6_000_000, lines[1]!),
      says('halved', 12_000_000, lines[2]!),
      says('without index', 18_000_000, lines[3]!),
      says('empty', 24_000_000, lines[0]!),
    ],
  });
  const of = (userId: string) => tracks.find((track) => track.userId === userId)!;
  await corrupt(of('corrupt').opusPath, 9_000);
  const { opusPath, spurts } = of('halved');
  await truncate(opusPath, ((await stat(opusPath)).size + spurts[0]!.byteOffset) >> 1);
  await corrupt(trackPaths(folder, of('without index').number).indexPath, 40);
  await truncate(of('empty').opusPath, 0);
  const before = await checksums(folder);
  const request = await requestFor(folder);
  const result = await startRender(request);
  expect(await checksums(folder)).toEqual(before);
  expect((await readdir(request.outputFolder)).sort()).toEqual(['episode.m4a', 'episode.mp3', 'report.json']);
  for (const { truePeakDbtp } of result.renditions) expect(truePeakDbtp).toBeLessThanOrEqual(-1);
  const report = JSON.parse(await readFile(path.join(request.outputFolder, 'report.json'), 'utf8')) as {
    speakers: { displayName: string; unreadable?: number }[];
    leftOut: { displayName: string }[];
  };
  const unreadable = Object.fromEntries(
    report.speakers.map((speaker) => [speaker.displayName, speaker.unreadable ?? 0]),
  );
  expect(unreadable).toMatchObject({ whole: 0, nonsense: 0 });
  expect(unreadable['corrupt']).toBeGreaterThan(0);
  expect(unreadable['halved']).toBeGreaterThan(80);
  expect(report.leftOut.map(({ displayName }) => displayName).sort()).toEqual(['empty', 'without index']);
});

test('tracks of which nothing is left are no speech, and say so', async () => {
  const { folder, tracks } = await recorded({
    speakers: [{ userId: '1', spurts: [{ startUs: 0, packets: await voice(0) }] }],
  });
  await truncate(tracks[0]!.opusPath, 0);
  const request = await requestFor(folder);
  await expect(startRender(request)).rejects.toMatchObject({ code: 'no-speech', retry: false });
  expect(await readdir(request.outputFolder)).toEqual([]);
});

test('one packet is a session', async () => {
  const packets = (await voice(0)).slice(60, 61);
  const { folder } = await recorded({
    speakers: [{ userId: '1', spurts: [{ startUs: 0, packets }] }],
    durationUs: 1_000_000,
  });
  const { renditions, durationUs, speakers } = await startRender(await requestFor(folder));
  expect(durationUs).toBe(1_000_000);
  expect(renditions.map(({ kind }) => kind)).toEqual(['mp3', 'm4a']);
  expect(speakers).toMatchObject([{ userId: '1' }]);
});

test('a folder that is no session any more', async () => {
  const { folder } = await recorded({
    speakers: [{ userId: '1', spurts: [{ startUs: 0, packets: await voice(0) }] }],
  });
  await corrupt(path.join(folder, 'journal.jsonl'), 20);
  const request = { ...(await requestFor(folder)), outputFolder: await temporaryFolder() };
  await expect(startRender(request)).rejects.toMatchObject({ code: 'bad-session', retry: false });
});
