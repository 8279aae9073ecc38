import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSilence, readOpusPackets } from '../../../recorder/ogg/reader.ts';
import type { Manifest } from '../../../recorder/session/model.ts';
import {
  readSession,
  readTrackPackets,
  type RecordedTrack,
  SessionFolderError,
} from '../../../recorder/session/reader.ts';
import { openSessionWriter } from '../../../recorder/session/writer.ts';
import { paddedOpus } from '../../../bench/fuzz/datagrams.ts';
import { unwellFiles } from '../support/files.ts';
import { arrivals, numberedOpus, numberOf, PERFECT, seededRandom, send } from '../support/network.ts';
import { HEADER, startRecording } from '../support/recording.ts';
import { manualClock, writeSampleSession } from '../support/sample-session.ts';
import { decodedSamples, hasProgram, opusinfo, scratchFolder, whyWithout } from '../support/scratch.ts';

const voice = (count: number, from = 0, toc = 0xf8) =>
  Array.from({ length: count }, (_, index) => numberedOpus(from + index, toc));

async function placesOf(
  track: RecordedTrack,
): Promise<{ number: number; startUs: number; durationUs: number }[]> {
  const places = [];
  for await (const { opus, startUs, durationUs } of readTrackPackets(track))
    places.push({ number: numberOf(opus), startUs, durationUs });
  return places;
}

test('a session comes back as it was: people, tracks, markers, places, checksums', async () => {
  const folder = `${scratchFolder()}/session`;
  const session = await writeSampleSession(folder, {
    title: 'Über Größe 🎙',
    speakers: [
      {
        userId: '11',
        displayName: 'Ada',
        spurts: [
          { startUs: 500_000, packets: voice(50) },
          { startUs: 30_000_777, packets: voice(50, 50) },
        ],
      },
      {
        userId: '12',
        displayName: 'Robot',
        bot: true,
        spurts: [{ startUs: 2_501_234, packets: voice(100) }],
        lose: (n) => n === 40 || n === 41,
      },
      { userId: '13', displayName: 'Quiet', spurts: [] },
    ],
    markers: [{ atUs: 1_000_000, name: 'Welcome', byUserId: '11' }],
    durationUs: 60_000_000,
  });
  expect(session).toMatchObject({ sealed: true, title: 'Über Größe 🎙', durationUs: 60_000_000, folder });
  expect(session.markers).toEqual([{ atUs: 1_000_000, name: 'Welcome', byUserId: '11' }]);
  const [ada, robot] = session.tracks;
  expect(session.tracks).toHaveLength(2);
  expect(ada).toMatchObject({
    number: 1,
    userId: '11',
    displayName: 'Ada',
    bot: false,
    packets: 100,
    lost: 0,
  });
  expect(robot).toMatchObject({
    number: 2,
    userId: '12',
    displayName: 'Robot',
    bot: true,
    packets: 98,
    lost: 2,
  });
  expect(session.gaps).toEqual([{ track: 2, startUs: 3_301_234, endUs: 3_341_234, reason: 'loss' }]);
  for (const { number, startUs, durationUs } of await placesOf(ada!)) {
    const trueUs = number < 50 ? 500_000 + number * 20_000 : 30_000_777 + (number - 50) * 20_000;
    expect(Math.abs(startUs - trueUs)).toBeLessThan(30);
    expect(durationUs).toBe(20_000);
  }
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
  expect(manifest).toMatchObject({
    version: 1,
    reason: 'stop',
    durationUs: 60_000_000,
    startedAtMs: session.startedAtMs,
  });
  for (const { number, opus, index } of manifest.tracks) {
    for (const [extension, sealed] of Object.entries({ opus, index })) {
      const bytes = readFileSync(path.join(folder, 'tracks', `0${number}.${extension}`));
      expect(sealed).toEqual({
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    }
  }
});

test('every track is as long as the session, and no path holds a name', async () => {
  const folder = `${scratchFolder()}/session`;
  const { tracks } = await writeSampleSession(folder, {
    speakers: [
      { userId: '1', displayName: 'Ada', spurts: [{ startUs: 1234, packets: voice(10) }] },
      { userId: '2', displayName: 'Ben', spurts: [{ startUs: 21_000_000, packets: voice(10, 0, 0xf0) }] },
    ],
    durationUs: 40_000_001,
  });
  for (const track of tracks) {
    let end = 0;
    for await (const { startSamples, samples } of readOpusPackets(track.opusPath))
      end = startSamples + samples;
    // 40 s and 1 us, and the pre-skip, on the grid of 2.5 ms.
    expect(end).toBe(Math.ceil((40.000001 * 48_000 + 312) / 120) * 120);
    expect(readFileSync(track.opusPath).includes(track.displayName)).toBe(false);
  }
});

const withoutFfmpeg = whyWithout('ffmpeg', '-version');
test.skipIf(withoutFfmpeg !== '')(
  `ffmpeg decodes each track of a bad network to the session's length${withoutFfmpeg}`,
  async () => {
    const folder = `${scratchFolder()}/session`;
    const packets: Uint8Array[] = voice(400).map((_, index) =>
      Uint8Array.of([0xf8, 0x78, 0xfc][index % 3]!, 0xff, 0xfe),
    );
    const { tracks } = await writeSampleSession(folder, {
      speakers: [{ userId: '1', spurts: [{ startUs: 700_000, packets }], lose: (n) => n % 11 === 3 }],
      durationUs: 20_000_000,
    });
    expect(decodedSamples(tracks[0]!.opusPath)).toBe(Math.ceil((20 * 48_000 + 312) / 120) * 120 - 312);
    if (hasProgram('opusinfo', '-V')) expect(opusinfo(tracks[0]!.opusPath)).not.toMatch(/WARNING|ERROR/i);
  },
);

test.each([
  ['2.5 ms', 0xe0, 120],
  ['5 ms', 0xe8, 240],
  ['10 ms', 0xf0, 480],
  ['20 ms', 0xf8, 960],
  ['20 ms, stereo', 0xfc, 960],
  ['40 ms', 0x50, 1920],
  ['60 ms', 0x58, 2880],
])('frames of %s are placed by their own length', async (_, toc, samples) => {
  const folder = `${scratchFolder()}/session`;
  const random = seededRandom(9);
  const sent = send({ spurts: [{ startUs: 1e6, packets: 100 }], samples, toc }, PERFECT, random);
  const recording = startRecording(folder);
  recording.play(arrivals(sent, PERFECT, random));
  await recording.seal();
  const places = await placesOf((await readSession(folder)).tracks[0]!);
  expect(places).toHaveLength(100);
  for (const { number, startUs, durationUs } of places) {
    expect(Math.abs(startUs - sent[number]!.trueUs)).toBeLessThan(1000);
    expect(durationUs).toBe((samples * 125) / 6);
  }
});

describe('what comes in', () => {
  test('invalid and empty packets never reach a track, and leave a hole with its reason', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder);
    const bad: (Uint8Array | null)[] = [Uint8Array.of(), Uint8Array.of(0xff, 0x3f), null];
    const sent = send({ spurts: [{ startUs: 1e6, packets: 100 }] }, PERFECT, seededRandom(1));
    recording.play(
      sent.map(({ received }, n) => ({
        ...received,
        opus: n >= 30 && n < 33 ? bad[n - 30]! : received.opus,
      })),
    );
    await recording.seal();
    const session = await readSession(folder);
    expect(session.tracks[0]).toMatchObject({ packets: 97, lost: 0 });
    expect(session.gaps).toEqual([
      { track: 1, startUs: 1_600_000, endUs: 1_660_000, reason: 'undecryptable' },
    ]);
    const places = await placesOf(session.tracks[0]!);
    expect(places.find(({ number }) => number === 33)!.startUs).toBeCloseTo(1_660_000, -1);
    for await (const { opus, samples } of readOpusPackets(session.tracks[0]!.opusPath)) {
      expect(opus.length).toBeGreaterThan(0);
      expect(samples).toBeGreaterThan(0);
    }
  });

  test('a reason that was given is kept', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder);
    const sent = send({ spurts: [{ startUs: 0, packets: 60 }] }, PERFECT, seededRandom(1));
    recording.play(
      sent.map(({ received }, n) =>
        n >= 20 && n < 40 ? { ...received, opus: null, reason: 'consent' as const } : received,
      ),
    );
    await recording.seal();
    expect((await readSession(folder)).gaps).toEqual([
      { track: 1, startUs: 400_000, endUs: 800_000, reason: 'consent' },
    ]);
  });

  test('the silence that a sender sends is kept as a packet, not taken for fill', async () => {
    const folder = `${scratchFolder()}/session`;
    const silence = Uint8Array.of(0xf8, 0xff, 0xfe);
    const { tracks } = await writeSampleSession(folder, {
      speakers: [
        {
          userId: '1',
          spurts: [{ startUs: 1e6, packets: [...voice(10), silence, silence, silence, silence, silence] }],
        },
      ],
      durationUs: 30e6,
    });
    const read = [];
    for await (const { opus } of readTrackPackets(tracks[0]!)) read.push(opus);
    expect(read).toHaveLength(15);
    expect(read.slice(10).every((opus) => isSilence(opus))).toBe(true);
  });

  test('a new SSRC goes on in the same track, in its place', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder);
    const first = send({ spurts: [{ startUs: 1e6, packets: 100 }], ssrc: 5 }, PERFECT, seededRandom(1));
    const second = send(
      { spurts: [{ startUs: 3_010_500, packets: 100 }], ssrc: 6, sequence: 17, timestamp: 99 },
      PERFECT,
      seededRandom(1),
    );
    recording.play([...first, ...second].map(({ received }) => received));
    await recording.seal();
    const session = await readSession(folder);
    expect(session.tracks).toHaveLength(1);
    expect(session.tracks[0]).toMatchObject({ packets: 200, lost: 0 });
    const places = await placesOf(session.tracks[0]!);
    expect(Math.abs(places[100]!.startUs - 3_010_500)).toBeLessThan(1000);
  });

  test('packets held back for 5 s until their speaker was known find their place, in a track that is hours old', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder);
    const early = send({ spurts: [{ startUs: 1e6, packets: 10 }], ssrc: 5 }, PERFECT, seededRandom(1));
    recording.play(early.map(({ received }) => received));
    const atUs = 2 * 3600e6;
    const late = send({ spurts: [{ startUs: atUs, packets: 250 }], ssrc: 6 }, PERFECT, seededRandom(1));
    recording.until(atUs + 5e6);
    for (const { received } of late) recording.writer.receive(received);
    recording.until(atUs + 6e6);
    await recording.seal();
    const session = await readSession(folder);
    const places = (await placesOf(session.tracks[0]!)).slice(10);
    expect(places).toHaveLength(250);
    for (const { number, startUs } of places)
      expect(Math.abs(startUs - late[number]!.trueUs)).toBeLessThan(1000);
    // The file was not filled beyond them either: they stand in it where the index says.
    const inFile = new Map<number, number>();
    for await (const { opus, startSamples } of readOpusPackets(session.tracks[0]!.opusPath))
      if (opus.length > 3) inFile.set(numberOf(opus), (startSamples * 125) / 6);
    for (const { number, startUs } of places)
      expect(Math.abs(inFile.get(number)! - startUs)).toBeLessThanOrEqual(2500);
  });

  test('two streams of one speaker at once overlap nowhere and lose nothing', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder);
    const both = [5, 6].flatMap((ssrc) =>
      send({ spurts: [{ startUs: 1e6 + ssrc, packets: 50 }], ssrc }, PERFECT, seededRandom(1)),
    );
    recording.play(both.map(({ received }) => received).sort((a, b) => a.arrivalUs - b.arrivalUs));
    await recording.seal();
    const places = await placesOf((await readSession(folder)).tracks[0]!);
    expect(places).toHaveLength(100);
    for (const [index, { startUs }] of places.entries())
      if (index > 0) expect(startUs).toBeGreaterThanOrEqual(places[index - 1]!.startUs + 19_980);
  });
});

describe('the journal', () => {
  test('the last name of a person counts, and names come before and after the first packet', async () => {
    const folder = `${scratchFolder()}/session`;
    const { writer, clock } = startRecording(folder);
    const sent = send({ spurts: [{ startUs: 0, packets: 20 }], userId: '7' }, PERFECT, seededRandom(1));
    writer.person({ userId: '7', displayName: 'Before', bot: false });
    for (const { received } of sent) {
      clock.set(received.arrivalUs);
      writer.receive(received);
    }
    writer.person({ userId: '7', displayName: 'After', bot: false });
    expect(writer.status().speakers).toMatchObject([
      { userId: '7', displayName: 'After', lastHeardUs: 380_000 },
    ]);
    await writer.seal('stop');
    expect((await readSession(folder)).tracks[0]!.displayName).toBe('After');
  });

  test('gaps from outside stand beside those from the packets', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder);
    const sent = send({ spurts: [{ startUs: 0, packets: 20 }], userId: '7' }, PERFECT, seededRandom(1));
    recording.play(sent.map(({ received }) => received));
    recording.writer.gap({ startUs: 500_000, endUs: 900_000, reason: 'reconnect' });
    recording.writer.gap({ startUs: 500_000, endUs: 900_000, reason: 'consent', userId: '7' });
    recording.writer.gap({ startUs: 500_000, endUs: 900_000, reason: 'consent', userId: 'never heard' });
    recording.writer.note({ type: 'warning', code: 'anything' });
    await recording.seal();
    expect((await readSession(folder)).gaps).toEqual([
      { track: 0, startUs: 500_000, endUs: 900_000, reason: 'reconnect' },
      { track: 1, startUs: 500_000, endUs: 900_000, reason: 'consent' },
    ]);
  });
});

test('a packet too large for a page is a hole, and nothing else is lost; the largest that fits is kept', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  // 255 segments of 255 bytes, the last of them one less.
  const largest = 255 * 255 - 1;
  const sizes = new Map([
    [20, 65_400],
    [30, largest + 1],
    [40, largest],
  ]);
  const sent = send({ spurts: [{ startUs: 0, packets: 60 }] }, PERFECT, seededRandom(1));
  for (const [number, { received }] of sent.entries()) {
    const bytes = sizes.get(number);
    recording.play([bytes === undefined ? received : { ...received, opus: paddedOpus(bytes, 300) }]);
  }
  await recording.seal();
  const session = await readSession(folder);
  const [track] = session.tracks;
  expect(track!.packets).toBe(58);
  const kept = await Array.fromAsync(readTrackPackets(track!));
  expect(kept.map(({ opus }) => opus.length).filter((length) => length > 1000)).toEqual([largest]);
  expect(session.gaps).toEqual([
    { track: 1, startUs: 400_000, endUs: 420_000, reason: 'undecryptable' },
    { track: 1, startUs: 600_000, endUs: 620_000, reason: 'undecryptable' },
  ]);
});

test('one track in trouble is told of once, and costs the others nothing', async () => {
  const folder = `${scratchFolder()}/session`;
  const files = unwellFiles();
  const broken: unknown[] = [];
  const recording = startRecording(folder, {
    files,
    onFault() {
      throw new Error('nobody should throw here');
    },
    onBroken: (track, cause) => broken.push([track, String(cause)]),
  });
  const talk = (userId: string, startUs: number) =>
    send({ spurts: [{ startUs, packets: 250 }], userId, ssrc: Number(userId) }, PERFECT, seededRandom(1));
  const packets = [...talk('1', 0), ...talk('2', 10_000)].map(({ received }) => received);
  for (const packet of packets.sort((a, b) => a.arrivalUs - b.arrivalUs)) {
    recording.play([packet]);
    if (packet.arrivalUs > 1e6) files.refuse = { pathEnds: '01.index', code: 'EIO' };
  }
  await recording.seal();
  expect(broken).toEqual([[1, 'Error: nobody should throw here']]);
  const { tracks } = await readSession(folder);
  expect(tracks.find(({ userId }) => userId === '2')).toMatchObject({ packets: 250, lost: 0 });
});

test('a folder that holds a session is never written over', () => {
  const folder = `${scratchFolder()}/session`;
  openSessionWriter(folder, HEADER, manualClock());
  expect(() => openSessionWriter(folder, HEADER, manualClock())).toThrow(/EEXIST/);
});

test('a folder that holds none is refused by name', async () => {
  const folder = scratchFolder();
  await expect(readSession(folder)).rejects.toThrow(SessionFolderError);
  await expect(readSession(folder)).rejects.toThrow(folder);
});

test('a live session reads up to the last 200 ms, while it is being written', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  const sent = send({ spurts: [{ startUs: 0, packets: 500 }] }, PERFECT, seededRandom(1));
  for (const { received } of sent) {
    recording.play([received]);
    if (received.arrivalUs % 1_000_000 !== 500_000) continue;
    const session = await readSession(folder);
    expect(session.sealed).toBe(false);
    const places = await placesOf(session.tracks[0]!);
    expect(places.at(-1)!.startUs).toBeGreaterThanOrEqual(received.arrivalUs - 200_000);
    expect(existsSync(path.join(folder, 'manifest.json'))).toBe(false);
  }
});
