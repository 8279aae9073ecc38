import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { encodeIndexRecord, INDEX_HEADER_BYTES } from '../../../recorder/session/index-file.ts';
import { decodeRedoEntries, encodeRedoEntries, type RedoPut } from '../../../recorder/session/redo-entry.ts';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import { recoverSession } from '../../../recorder/session/recover.ts';
import type { WriteFault } from '../../../recorder/session/steady-file.ts';
import { unsyncedFiles, unwellFiles } from '../support/files.ts';
import { arrivals, conversation, numberOf, PERFECT, seededRandom, send } from '../support/network.ts';
import { platterOf } from '../support/platter.ts';
import { placementErrors, startRecording } from '../support/recording.ts';
import { scratchFolder } from '../support/scratch.ts';

const NETWORK = { ...PERFECT, loss: 0.02, jitterUs: 4000, duplicates: 0.01 };
const puts: RedoPut[] = [
  ...[5, 0, 300].map((length, at) => ({
    ...{ file: 2 + at, position: at * 2 ** 40 },
    bytes: Buffer.alloc(length, at + 1),
  })),
  { file: 2 ** 31 - 1, position: 9, bytes: { pages: 7_500, samples: 2 ** 47, sequence: 2 ** 32 - 1 } },
];

test('a log cut at every byte gives the entries that are whole', () => {
  const log = encodeRedoEntries(7, puts);
  const ends = puts.map((_, at) => encodeRedoEntries(7, puts.slice(0, at + 1)).length);
  expect(decodeRedoEntries(log)).toEqual({ generation: 7, puts });
  for (let bytes = 0; bytes < log.length; bytes++) {
    const whole = ends.filter((end) => end <= bytes).length;
    expect(decodeRedoEntries(log.subarray(0, bytes)).puts).toEqual(puts.slice(0, whole));
  }
});

test('hours of silence are a few bytes of the log, and are made again', async () => {
  const folder = `${scratchFolder()}/session`;
  const platter = platterOf(folder, `${scratchFolder()}/platter`);
  const recording = startRecording(folder, { files: platter.files });
  const startUs = 3 * 3600e6;
  recording.skipTo(startUs);
  const sent = send({ spurts: [{ startUs, packets: 150 }] }, PERFECT, random());
  for (const { received } of sent) {
    recording.play([received]);
    await nextTurn();
  }
  expect(statSync(path.join(folder, 'redo-1.log')).size).toBeLessThan(20_000);
  const left = path.join(scratchFolder(), 'left');
  // Of the tracks nothing has reached the disk, and of the logs what was synced.
  platter.cut(left, () => 0);
  expect(existsSync(path.join(left, 'tracks/01.opus'))).toBe(false);
  await recoverSession(left, unsyncedFiles);
  const [track] = (await readSession(left)).tracks;
  const kept = (await Array.fromAsync(readTrackPackets(track!))).map(({ opus }) => numberOf(opus));
  expect(kept.length).toBeGreaterThan(110);
  expect(kept).toEqual(kept.map((_, number) => number));
  for (const { indexUs, fileUs } of await placementErrors(track!, sent)) {
    expect(Math.abs(indexUs)).toBeLessThan(1000);
    expect(Math.abs(fileUs)).toBeLessThanOrEqual(2500);
  }
  await recording.seal();
});

test('what an older turn left behind the last entry is not taken for one', () => {
  const older = encodeRedoEntries(5, puts);
  const log = Buffer.from(older);
  encodeRedoEntries(7, puts.slice(0, 1)).copy(log);
  expect(decodeRedoEntries(log)).toEqual({ generation: 7, puts: puts.slice(0, 1) });
});

/** Syncs take no time here: half a second between rounds, 200 ms in which packets wait for their page. */
const LOST_AT_MOST_US = 720_000;

/** With the first one, a cut left a run whose pages had reached the disk, and lost the pages before it. */
const SEEDS = [425_911_242, randomInt(2 ** 31)];

test.each(SEEDS)(
  'after a power cut each track has all but the last second, in place (seed %d)',
  async (seed) => {
    const random = seededRandom(seed);
    const folder = `${scratchFolder()}/session`;
    const platter = platterOf(folder, `${scratchFolder()}/platter`);
    const speakers = ['1', '2', '3'].map((userId) =>
      send({ spurts: conversation(45e6, random), userId, ssrc: Number(userId) }, NETWORK, random),
    );
    const recording = startRecording(folder, { files: platter.files });
    let cutUs = 1_500_000 * random();
    let cuts = 0;
    for (const packet of arrivals(speakers.flat(), NETWORK, random)) {
      recording.play([packet]);
      await nextTurn();
      if (packet.arrivalUs < cutUs) continue;
      cutUs = packet.arrivalUs + 500_000 + 2_000_000 * random();
      cuts += 1;
      const left = path.join(scratchFolder(), 'left');
      platter.cut(left, random);
      if (!existsSync(path.join(left, 'journal.jsonl'))) continue;
      await recoverSession(left, unsyncedFiles);
      expect(readdirSync(left).filter((name) => name.endsWith('.log'))).toEqual([]);
      const tracks = new Map((await readSession(left)).tracks.map((track) => [track.userId, track]));
      for (const [at, sent] of speakers.entries()) {
        const safe = sent.filter(
          ({ lost, received }) => !lost && received.arrivalUs <= packet.arrivalUs - LOST_AT_MOST_US,
        );
        const track = tracks.get(String(at + 1));
        if (track === undefined) {
          expect({ seed, cutUs: packet.arrivalUs, safe }).toMatchObject({ safe: [] });
          continue;
        }
        const kept = new Set(
          (await Array.fromAsync(readTrackPackets(track))).map(({ opus }) => numberOf(opus)),
        );
        const missing = safe.map((each) => sent.indexOf(each)).filter((number) => !kept.has(number));
        expect({ seed, cutUs: packet.arrivalUs, missing }).toMatchObject({ missing: [] });
        for (const { indexUs, fileUs } of await placementErrors(track, sent)) {
          expect({
            seed,
            cutUs: packet.arrivalUs,
            isPlaced: Math.abs(indexUs) < 4000 && Math.abs(fileUs) <= 2500,
          }).toMatchObject({ isPlaced: true });
        }
      }
    }
    expect(cuts).toBeGreaterThan(10);
    await recording.seal();
  },
);

test('an index that a kill left ahead of the log is not set back', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  recording.play(
    send({ spurts: [{ startUs: 0, packets: 100 }] }, PERFECT, random()).map(({ received }) => received),
  );
  const before = await readSession(folder);
  const [spurt] = before.tracks[0]!.spurts;
  expect(spurt!.packets).toBeGreaterThan(80);
  const older = encodeIndexRecord({ ...spurt!, endUs: spurt!.endUs - 200_700, packets: spurt!.packets - 10 });
  writeFileSync(
    path.join(folder, 'redo-1.log'),
    encodeRedoEntries(1, [{ file: 3, position: INDEX_HEADER_BYTES, bytes: older }]),
  );
  await recoverSession(folder, unsyncedFiles);
  expect((await readSession(folder)).tracks[0]!.spurts).toEqual([spurt]);
});

test('nothing of the logs is left in a sealed folder', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  recording.play(
    send({ spurts: [{ startUs: 0, packets: 100 }] }, PERFECT, random()).map(({ received }) => received),
  );
  expect(readFileSync(path.join(folder, 'redo-1.log')).length).toBeGreaterThan(2_000);
  await recording.seal();
  expect(readdirSync(folder).sort()).toEqual(['journal.jsonl', 'manifest.json', 'tracks']);
});

test('where the disk refuses the logs, every file is synced twice a second, and nothing is lost', async () => {
  const folder = `${scratchFolder()}/session`;
  const files = unwellFiles();
  const faults: WriteFault[] = [];
  const recording = startRecording(folder, { files, onFault: (fault) => faults.push(fault) });
  files.refuse = { pathEnds: '.log', code: 'EIO' };
  for (const { received } of send({ spurts: [{ startUs: 0, packets: 200 }] }, PERFECT, random())) {
    recording.play([received]);
    if (received.arrivalUs % 500_000 !== 0) continue;
    // Rounds end in real time; packets come on the manual clock.
    await expect
      .poll(() => files.synced.filter((file) => file.endsWith('01.opus')).length)
      .toBeGreaterThanOrEqual(Math.floor(received.arrivalUs / 500_000));
  }
  await recording.seal();
  expect(faults.map(({ code, gaveUp }) => [code, gaveUp])).toEqual([
    ['EIO', false],
    ['EIO', true],
  ]);
  expect((await readSession(folder)).tracks).toMatchObject([{ packets: 200, lost: 0 }]);
});

function random(): () => number {
  return seededRandom(1);
}
