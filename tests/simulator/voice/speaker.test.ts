/** Speakers: both kinds of sender, wraps, spurts, files, and what op 5 tells when. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { realClock } from '../../../src/simulator/clock.ts';
import { opusSamples } from '../../../src/simulator/voice/opus-source.ts';
import { startVoiceServer, type SpeakerOptions } from '../../../src/simulator/voice/voice-server.ts';
import { ANN, openHall, SILENCE, speech, until } from './harness.ts';

test.each<{ toc: number[]; ms: number }>([
  { toc: [0xf8], ms: 20 },
  { toc: [0xfc], ms: 20 },
  { toc: [0xe0], ms: 2.5 },
  { toc: [0x08], ms: 20 },
  { toc: [0x18], ms: 60 },
  { toc: [0x60], ms: 10 },
  { toc: [0xf9], ms: 40 },
  { toc: [0xfb, 0x03], ms: 60 },
])('an Opus packet $toc lasts $ms ms', ({ toc, ms }) => {
  expect(opusSamples(Uint8Array.from(toc))).toBe(ms * 48);
});

test('an empty packet is refused', () => {
  expect(() => opusSamples(new Uint8Array())).toThrow(RangeError);
});

/** Two spurts of 3 packets with one second between their starts; steps of timestamp and sequence. */
async function twoSpurts(options: SpeakerOptions) {
  const { room, clock } = await openHall();
  const ann = room.addSpeaker(ANN, options);
  const both = [
    ann.speak(speech(3), { startUs: 100_000, silenceFrames: 0 }),
    ann.speak(speech(3), { startUs: 1_100_000, silenceFrames: 0 }),
  ];
  await clock.advance(2_000_000);
  await Promise.all(both);
  return room.truth.of(ANN);
}

test('a client: timestamps run on through silence', async () => {
  const said = await twoSpurts({ firstTimestamp: 1000 });
  expect(said.map(({ timestamp }) => timestamp)).toEqual([5800, 6760, 7720, 53800, 54760, 55720]);
  expect(said.map(({ dueUs }) => dueUs)).toEqual([
    100_000, 120_000, 140_000, 1_100_000, 1_120_000, 1_140_000,
  ]);
  expect(said.map(({ spurt }) => spurt)).toEqual([0, 0, 0, 1, 1, 1]);
});

test('a bot: timestamps advance only per packet', async () => {
  const said = await twoSpurts({ sender: 'bot', firstTimestamp: 1000 });
  expect(said.map(({ timestamp }) => timestamp)).toEqual([1000, 1960, 2920, 3880, 4840, 5800]);
});

test('sequence numbers and timestamps wrap', async () => {
  const said = await twoSpurts({ sender: 'bot', firstSequence: 65_534, firstTimestamp: 2 ** 32 - 960 });
  expect(said.map(({ sequence }) => sequence)).toEqual([65_534, 65_535, 0, 1, 2, 3]);
  expect(said.map(({ timestamp }) => timestamp)).toEqual([2 ** 32 - 960, 0, 960, 1920, 2880, 3840]);
});

test('a fast clock packs its packets closer', async () => {
  const said = await twoSpurts({ firstTimestamp: 0, clockPpm: 100_000 });
  expect(said.map(({ timestamp }) => timestamp).slice(0, 3)).toEqual([5280, 6240, 7200]);
  expect(said[2]!.dueUs - said[0]!.dueUs).toBeCloseTo(40_000 / 1.1, 3);
});

test('utterances wait for each other, and a start in the middle of one is refused', async () => {
  const { room, clock } = await openHall();
  const ann = room.addSpeaker(ANN);
  const first = ann.speak(speech(10));
  const second = ann.speak(speech(2));
  await expect(ann.speak(speech(1), { startUs: 50_000 })).rejects.toThrow(/speaks until/);
  await clock.advance(1_000_000);
  expect(await first).toEqual({ spurt: 0, startUs: 0, endUs: 200_000, packets: 15, unsent: 0 });
  expect(await second).toEqual({ spurt: 1, startUs: 300_000, endUs: 340_000, packets: 7, unsent: 0 });
});

test('hush ends with silence frames and forgets what waits; leaving cuts', async () => {
  const { room, clock } = await openHall();
  const ann = room.addSpeaker(ANN);
  const cutShort = ann.speak(speech(100));
  const forgotten = ann.speak(speech(100));
  await clock.advance(40_000);
  ann.hush();
  await clock.advance(200_000);
  expect(await cutShort).toMatchObject({ endUs: 60_000, packets: 8 });
  expect(await forgotten).toMatchObject({ packets: 0, unsent: 0 });
  const last = ann.speak(speech(100));
  await clock.advance(20_000);
  ann.leave();
  await clock.advance(1_000_000);
  expect(await last).toMatchObject({ packets: 2 });
  await expect(ann.speak(speech(1))).rejects.toThrow(/has left/);
  expect(() => room.addSpeaker(ANN)).not.toThrow();
  expect(() => room.addSpeaker(ANN)).toThrow(/already/);
});

/** One Ogg page per packet; the demuxer does not look at checksums. */
function oggOpus(packets: readonly Uint8Array[]): Buffer {
  const head = Buffer.from('OpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00', 'latin1');
  const tags = Buffer.from('OpusTags\x00\x00\x00\x00\x00\x00\x00\x00', 'latin1');
  return Buffer.concat(
    [head, tags, ...packets].flatMap((packet, index) => {
      const header = Buffer.alloc(27);
      header.write('OggS');
      header.writeUInt32LE(1, 14);
      header.writeUInt32LE(index, 18);
      const lacing = [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
      header[26] = lacing.length;
      return [header, Uint8Array.from(lacing), packet];
    }),
  );
}

test('an Ogg Opus file is spoken packet by packet; a missing one or another format is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'voice-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'line.opus');
  const packets = [...speech(4), Buffer.concat([Buffer.from([0xfc]), Buffer.alloc(599, 1)])];
  await writeFile(file, oggOpus(packets));
  await writeFile(path.join(folder, 'text.opus'), 'This is no Ogg file, and long enough to be looked at.');
  const { room, clock } = await openHall();
  const ann = room.addSpeaker(ANN);
  await expect(ann.speak(path.join(folder, 'none.opus'))).rejects.toThrow(/ENOENT/);
  await expect(ann.speak(path.join(folder, 'text.opus'))).rejects.toThrow();
  const said = ann.speak(file);
  // The file is read in its own time; time stands still until then.
  await until(() => ann.speaking(), 'the file is read');
  await clock.advance(1_000_000);
  expect(await said).toMatchObject({ packets: 10, unsent: 0 });
  expect(room.truth.of(ANN).map(({ opus }) => Buffer.from(opus))).toEqual([
    ...packets,
    ...Array.from({ length: 5 }, () => SILENCE),
  ]);
});

test.each<{ announceDelayUs: SpeakerOptions['announceDelayUs']; before: boolean; after: boolean }>([
  { announceDelayUs: 0, before: true, after: true },
  { announceDelayUs: 500_000, before: false, after: true },
  { announceDelayUs: 'never', before: false, after: false },
])('op 5 after first speech with a delay of $announceDelayUs', async ({ announceDelayUs, before, after }) => {
  const hall = await openHall();
  const { room, clock } = hall;
  const bot = await hall.join();
  const ann = room.addSpeaker(ANN, { announceDelayUs: announceDelayUs! });
  const other = room.addSpeaker('300000000000000009');
  const known = (ssrc: number): boolean => bot.connection.receiver.ssrcMap.get(ssrc) !== undefined;
  expect(known(ann.ssrc)).toBe(false);
  void ann.speak(speech(2));
  await clock.advance(400_000);
  // Op 5 of another speaker is sent after all that came before on the same WebSocket.
  void other.speak(speech(1));
  await clock.advance(10_000);
  await until(() => known(other.ssrc), 'the other speaker is known');
  expect(known(ann.ssrc)).toBe(before);
  await clock.advance(200_000);
  if (after) await until(() => known(ann.ssrc), 'op 5 has come late');
  expect(known(ann.ssrc)).toBe(after);
  room.reannounce();
  await until(() => known(ann.ssrc), 'op 5 has come by the second announcement');
});

test('in real time: 20 ms apart on the whole, and a stall is caught up', async () => {
  const clock = realClock();
  const voice = await startVoiceServer({ clock });
  onTestFinished(async () => {
    await voice.close();
    clock.close();
  });
  const ann = voice.room('1', '2').addSpeaker(ANN);
  const startUs = clock.nowUs();
  const said = ann.speak(speech(15));
  await until(() => voice.room('1', '2').truth.of(ANN).length === 3, 'three packets are out');
  const stalledUntil = Date.now() + 100;
  while (Date.now() < stalledUntil);
  const { packets } = await said;
  const tookUs = clock.nowUs() - startUs;
  expect(packets).toBe(20);
  expect(tookUs).toBeGreaterThanOrEqual(400_000);
  // The last packet's place is exact whatever the machine did; its sending is late by a timer at most.
  const truth = voice.room('1', '2').truth.of(ANN);
  expect(truth[19]!.dueUs - truth[0]!.dueUs).toBe(380_000);
  expect(truth[19]!.sentUs - truth[19]!.dueUs).toBeLessThan(50_000);
});
