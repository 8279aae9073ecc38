import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSession, readTrackPackets, type RecordedTrack } from '../../../recorder/session/reader.ts';
import { writeSampleSession } from '../support/sample-session.ts';
import { scratchFolder } from '../support/scratch.ts';

/** Opus of 20 ms, CELT fullband mono, that says which packet it is; long enough for many pages. */
const packet = (number: number): Uint8Array => {
  const bytes = new Uint8Array(120).fill(number & 0xff);
  bytes[0] = 0xf8;
  new DataView(bytes.buffer).setUint32(1, number);
  return bytes;
};
const numberOf = (opus: Uint8Array) => new DataView(opus.buffer, opus.byteOffset).getUint32(1);
const packets = (from: number, count: number) =>
  Array.from({ length: count }, (_, each) => packet(from + each));

/** One run of 20 s, then one of 2 s. */
async function recorded(): Promise<RecordedTrack> {
  const { tracks } = await writeSampleSession(path.join(scratchFolder(), 'session'), {
    speakers: [
      {
        userId: '1',
        spurts: [
          { startUs: 500_000, packets: packets(0, 1000) },
          { startUs: 30_000_000, packets: packets(1000, 100) },
        ],
      },
    ],
  });
  return tracks[0]!;
}

/** Number and place of each packet that is read. */
async function read({ opusPath }: RecordedTrack): Promise<Map<number, number>> {
  const { tracks } = await readSession(path.join(path.dirname(opusPath), '..'));
  const places = new Map<number, number>();
  for await (const { opus, startUs } of readTrackPackets(tracks[0]!)) places.set(numberOf(opus), startUs);
  return places;
}

async function flip(track: RecordedTrack, at: (bytes: number) => number): Promise<void> {
  const bytes = await readFile(track.opusPath);
  bytes[at(bytes.length)]! ^= 0xff;
  await writeFile(track.opusPath, bytes);
}

test.each<[string, (track: RecordedTrack) => Promise<void>, number]>([
  ['nothing', () => Promise.resolve(), 0],
  ['a byte in the middle of a run', (track) => flip(track, (bytes) => bytes >> 1), 60],
  [
    'the capture pattern of a run’s first page',
    (track) => flip(track, () => track.spurts[0]!.byteOffset),
    60,
  ],
  ['the first page of the last run', (track) => flip(track, () => track.spurts[1]!.byteOffset + 40), 60],
  ['the second half', async (track) => truncate(track.opusPath, (await stat(track.opusPath)).size >> 1), 620],
  ['everything', (track) => truncate(track.opusPath, 0), 1100],
])('damaged: %s. The rest is read, each packet where it was', async (_, damage, mostMissing) => {
  const track = await recorded();
  const before = await read(track);
  expect(before.size).toBe(1100);
  await damage(track);
  const after = await read(track);
  expect(1100 - after.size).toBeLessThanOrEqual(mostMissing);
  if (mostMissing > 0) expect(after.size).toBeLessThan(1100);
  for (const [number, startUs] of after) expect(Math.abs(startUs - before.get(number)!)).toBeLessThan(1_500);
});
