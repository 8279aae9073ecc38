import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findOpusEnd, readOpusPackets } from '../../../recorder/ogg/reader.ts';
import type { Manifest } from '../../../recorder/session/model.ts';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import { recoverSession } from '../../../recorder/session/recover.ts';
import { prepareToResume, readInterruption } from '../../../recorder/session/resume.ts';
import {
  arrivals,
  conversation,
  numberedOpus,
  numberOf,
  PERFECT,
  seededRandom,
  send,
} from '../support/network.ts';
import { unsyncedFiles } from '../support/files.ts';
import { placementErrors, startRecording } from '../support/recording.ts';
import { writeSampleSession } from '../support/sample-session.ts';
import { decodedSamples, scratchFolder, whyWithout } from '../support/scratch.ts';

const NETWORK = { ...PERFECT, loss: 0.02, jitterUs: 4000, duplicates: 0.01 };

/** A copy of the folder as a `kill -9` at this moment would leave it: what was written stays, what was held is gone. */
function killed(folder: string): string {
  const copy = path.join(scratchFolder(), 'killed');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

test('killed at any moment, each track has everything up to the last 200 ms, in place', async () => {
  const folder = `${scratchFolder()}/session`;
  const random = seededRandom(12);
  const speakers = ['1', '2', '3'].map((userId) =>
    send({ spurts: conversation(90e6, random), userId, ssrc: Number(userId) }, NETWORK, random),
  );
  const packets = arrivals(speakers.flat(), NETWORK, random);
  const recording = startRecording(folder);
  let kills = 0;
  for (const [index, packet] of packets.entries()) {
    recording.play([packet]);
    if (index % 211 !== 0 || index === 0) continue;
    kills += 1;
    // Timers are late now and then: the kill comes just before the next tick.
    const nowUs = packet.arrivalUs;
    const session = await readSession(killed(folder));
    expect(session.sealed).toBe(false);
    for (const track of session.tracks) {
      const sent = speakers[Number(track.userId) - 1]!;
      const kept = new Set<number>();
      for await (const { opus } of readTrackPackets(track)) kept.add(numberOf(opus));
      const missing = sent.filter(
        ({ lost, received }, number) => !lost && received.arrivalUs <= nowUs - 200_000 && !kept.has(number),
      );
      expect(missing).toEqual([]);
      for (const { indexUs } of await placementErrors(track, sent))
        expect(Math.abs(indexUs)).toBeLessThan(4000);
    }
  }
  expect(kills).toBeGreaterThan(10);
});

test('recovered after a kill: sealed, whole, every file ended, nothing changed that was there', async () => {
  const folder = `${scratchFolder()}/session`;
  const random = seededRandom(5);
  const sent = send({ spurts: conversation(40e6, random) }, NETWORK, random);
  const recording = startRecording(folder);
  await Promise.all([recording.writer.marker('Before', '9')]);
  recording.play(arrivals(sent, NETWORK, random).filter(({ arrivalUs }) => arrivalUs < 33_333_333));
  const copy = killed(folder);
  const before = await readSession(copy);
  const tracksBefore = readFileSync(path.join(copy, 'tracks/01.opus'));
  const manifest = await recoverSession(copy);
  expect(manifest).toMatchObject({
    reason: 'recovered',
    markers: [{ atUs: 0, name: 'Before', byUserId: '9' }],
  });
  const after = await readSession(copy);
  expect({ ...after, sealed: false }).toEqual(before);
  expect(readFileSync(path.join(copy, 'tracks/01.opus')).subarray(0, tracksBefore.length)).toEqual(
    tracksBefore,
  );
  expect(await findOpusEnd(path.join(copy, 'tracks/01.opus'))).toMatchObject({ ended: true });
  // A second time changes nothing.
  const files = () =>
    readdirSync(path.join(copy, 'tracks')).map((name) => readFileSync(path.join(copy, 'tracks', name)));
  const sealedFiles = files();
  expect(await recoverSession(copy)).toEqual(manifest);
  expect(files()).toEqual(sealedFiles);
});

/** A small unsealed session: two spurts and a hole, about 2 kB in all. */
async function smallSession(): Promise<string> {
  const folder = path.join(scratchFolder(), 'small');
  await writeSampleSession(folder, {
    speakers: [
      {
        userId: '1',
        displayName: 'Ada',
        spurts: [
          { startUs: 300_000, packets: Array.from({ length: 14 }, (_, n) => numberedOpus(n, 0xf8, 8)) },
          { startUs: 900_000, packets: Array.from({ length: 9 }, (_, n) => numberedOpus(14 + n, 0xf8, 8)) },
        ],
        lose: (n) => n === 11,
      },
    ],
    markers: [{ atUs: 500_000, name: 'Here' }],
    durationUs: 1_800_000,
    seal: false,
  });
  return folder;
}

test.each(['tracks/01.opus', 'tracks/01.index', 'journal.jsonl'])(
  '%s cut at every byte: read up to there, recovered, and valid again',
  async (name) => {
    const source = await smallSession();
    const whole = await readSession(source);
    const places = new Map<number, number>();
    for await (const { opus, startUs } of readTrackPackets(whole.tracks[0]!))
      places.set(numberOf(opus), startUs);
    expect(places.size).toBe(22);
    const work = path.join(scratchFolder(), 'work');
    const headerBytes = readFileSync(path.join(source, 'journal.jsonl')).indexOf(0x0a) + 1;
    const bytesInAll = statSync(path.join(source, name)).size;
    for (let bytes = name === 'journal.jsonl' ? headerBytes : 0; bytes < bytesInAll; bytes++) {
      rmSync(work, { recursive: true, force: true });
      mkdirSync(path.join(work, 'tracks'), { recursive: true });
      for (const file of ['journal.jsonl', 'tracks/01.opus', 'tracks/01.index'])
        copyFileSync(path.join(source, file), path.join(work, file));
      truncateSync(path.join(work, name), bytes);
      const torn = await readSession(work);
      for (const track of torn.tracks)
        for await (const { opus, startUs } of readTrackPackets(track))
          expect(Math.abs(startUs - places.get(numberOf(opus))!)).toBeLessThan(1);
      // Reading is tried at every byte; a repair costs 20 times as much, so at every thirteenth, and near both ends.
      if (bytes % 13 !== 0 && bytes > 40 && bytes < bytesInAll - 40) continue;
      const manifest = await recoverSession(work, unsyncedFiles);
      const recovered = await readSession(work);
      expect(recovered.sealed).toBe(true);
      expect(manifest.tracks).toHaveLength(recovered.tracks.length);
      for (const track of recovered.tracks) {
        let count = 0;
        for await (const { opus, startUs } of readTrackPackets(track)) {
          // What only the file remembers is on its grid.
          expect(Math.abs(startUs - places.get(numberOf(opus))!)).toBeLessThanOrEqual(1250);
          count += 1;
        }
        expect(count).toBe(track.packets);
        // Index or journal torn, the track file whole: no packet is lost.
        if (name === 'tracks/01.index') expect(count).toBe(22);
        for await (const { samples } of readOpusPackets(track.opusPath)) expect(samples).toBeGreaterThan(0);
      }
    }
  },
  60_000,
);

test('without a header nothing is guessed', async () => {
  const folder = await smallSession();
  truncateSync(path.join(folder, 'journal.jsonl'), 20);
  await expect(recoverSession(folder)).rejects.toThrow(/header/);
});

test('a recovery that was interrupted is done again', async () => {
  const folder = await smallSession();
  await recoverSession(folder);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
  rmSync(path.join(folder, 'manifest.json'));
  writeFileSync(path.join(folder, 'manifest.json.draft'), '{"version":1,');
  const again = await recoverSession(folder);
  expect({ ...again, journal: null }).toEqual({ ...manifest, journal: null });
});

const withoutFfmpeg = whyWithout('ffmpeg', '-version');
test.skipIf(withoutFfmpeg !== '')(`ffmpeg decodes a recovered track to its end${withoutFfmpeg}`, async () => {
  const folder = await smallSession();
  const size = statSync(path.join(folder, 'tracks/01.opus')).size;
  truncateSync(path.join(folder, 'tracks/01.opus'), size - 33);
  // Silence that decodes for certain, in place of the numbered packets: only its own bytes are judged here.
  const quiet = path.join(scratchFolder(), 'quiet');
  const silence = Array.from({ length: 50 }, () => Uint8Array.of(0xfc, 0xff, 0xfe));
  await writeSampleSession(quiet, {
    speakers: [{ userId: '1', spurts: [{ startUs: 1e6, packets: silence }] }],
    durationUs: 4e6,
    seal: false,
  });
  const file = path.join(quiet, 'tracks/01.opus');
  truncateSync(file, statSync(file).size - 5);
  const { durationUs } = await recoverSession(quiet);
  expect(decodedSamples(file)).toBe(Math.ceil((durationUs * 0.048 + 312) / 120) * 120 - 312);
});

test('who had opted out when the crash came has a hole until then, once, however often it is recovered', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  const sent = ['1', '2'].flatMap((userId) =>
    send({ spurts: [{ startUs: 0, packets: 250 }], userId, ssrc: Number(userId) }, PERFECT, seededRandom(1)),
  );
  const packets = sent.map(({ received }) => received).sort((a, b) => a.arrivalUs - b.arrivalUs);
  recording.play(packets.filter(({ arrivalUs }) => arrivalUs < 1e6));
  recording.writer.note({ type: 'refused', userId: '1' });
  recording.writer.note({ type: 'refused', userId: '3' });
  recording.play(packets.filter(({ arrivalUs, userId }) => arrivalUs >= 1e6 && userId === '2'));
  const copy = killed(folder);
  await prepareToResume(copy, (await readInterruption(copy))!);
  await recoverSession(copy);
  const { gaps, durationUs, consent } = await readSession(copy);
  const refusedUs = consent.find(({ userIds }) => userIds.includes('1'))!.atUs;
  expect(gaps).toEqual([{ track: 1, startUs: refusedUs, endUs: durationUs, reason: 'consent' }]);
});
