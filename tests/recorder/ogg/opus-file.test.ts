import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Fill, OpusWriter, SILENCE_PAGE_SAMPLES } from '../../../recorder/ogg/opus-writer.ts';
import {
  findOpusEnd,
  NotOpusError,
  type OpusPacket,
  readOggPages,
  readOpusPackets,
} from '../../../recorder/ogg/reader.ts';
import { numberedOpus } from '../support/network.ts';
import { decodedSamples, opusinfo, scratchFolder, whyWithout } from '../support/scratch.ts';

/** Infinity of pages: as many as it takes. */
const ALL = Infinity;

async function packetsOf(file: string): Promise<OpusPacket[]> {
  const packets: OpusPacket[] = [];
  for await (const packet of readOpusPackets(file)) packets.push(packet);
  return packets;
}

const bytesOf = (fills: readonly Fill[]) => fills.map(({ bytes }) => bytes);

/** 1 s of silence and a bit, `packets` packets in pages of `perPage`, and an end at `endSamples`. */
function track(packets: readonly Uint8Array[], perPage: number, endSamples: number): Buffer {
  const writer = new OpusWriter(7);
  const parts = [writer.headers(), ...bytesOf(writer.fill(48_000 + 360, ALL))];
  for (const [index, opus] of packets.entries()) {
    const full = writer.add(opus, 960);
    if (full !== null) parts.push(full);
    if (index % perPage === perPage - 1) parts.push(writer.flush() ?? Buffer.alloc(0));
  }
  parts.push(
    writer.flush() ?? Buffer.alloc(0),
    ...bytesOf(writer.fill(endSamples - SILENCE_PAGE_SAMPLES, ALL)),
  );
  return Buffer.concat([...parts, writer.end(endSamples)]);
}

describe('what is written is read', () => {
  const sizes = [1, 2, 24, 254, 255, 256, 509, 510, 511, 1276];
  test.each(sizes)('packets of %i bytes', async (bytes) => {
    const file = path.join(scratchFolder(), 'a.opus');
    const sent = Array.from({ length: 300 }, (_, number) =>
      bytes < 8 ? new Uint8Array(bytes).fill(0xf8) : numberedOpus(number, 0xf8, bytes),
    );
    writeFileSync(file, track(sent, 8, 48_000 * 60));
    const packets = await packetsOf(file);
    const spoken = packets.filter((packet) => packet.opus.length !== 3);
    expect(spoken.map(({ opus }) => Buffer.from(opus).toString('hex'))).toEqual(
      sent.map((opus) => Buffer.from(opus).toString('hex')),
    );
    expect(spoken.map((packet) => packet.startSamples)).toEqual(sent.map((_, index) => 48_360 + index * 960));
    const last = packets.at(-1)!;
    expect(last.startSamples + last.samples).toBe(48_000 * 60);
  });

  test('a page closes by itself when its 255 segments are full', async () => {
    const file = path.join(scratchFolder(), 'a.opus');
    const sent = Array.from({ length: 400 }, (_, number) => numberedOpus(number, 0xf8, 600));
    writeFileSync(file, track(sent, 1000, 0));
    expect((await packetsOf(file)).filter((packet) => packet.opus.length === 600)).toHaveLength(400);
  });

  test.each([120, 360, 480, 840, 960, 1080, 48_000, SILENCE_PAGE_SAMPLES - 120, SILENCE_PAGE_SAMPLES + 120])(
    'silence of %i samples is filled exactly, long frames first, 2.5 ms steps before the speech',
    async (samples) => {
      const file = path.join(scratchFolder(), 'a.opus');
      const writer = new OpusWriter(1);
      writeFileSync(file, Buffer.concat([writer.headers(), ...bytesOf(writer.fill(samples, ALL))]));
      const packets = await packetsOf(file);
      const lengths = packets.map((packet) => packet.samples);
      expect(lengths.reduce((sum, each) => sum + each, 0)).toBe(samples);
      expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
      expect((await findOpusEnd(file)).samples).toBe(samples);
    },
  );

  test('granule positions pass 32 bits: a day and a half in', async () => {
    const file = path.join(scratchFolder(), 'a.opus');
    const samples = 48_000 * 3600 * 36;
    const writer = new OpusWriter(1, { samples, pageSequence: 9 });
    writeFileSync(file, Buffer.concat(bytesOf(writer.fill(samples + 960, ALL))));
    expect((await findOpusEnd(file)).samples).toBe(samples + 960);
  });

  test('fill stops where it was told to, and goes on from there', () => {
    const writer = new OpusWriter(1);
    const threeHours = 48_000 * 3600 * 3;
    expect(writer.fill(threeHours, 100).reduce((sum, { pages }) => sum + pages, 0)).toBe(100);
    expect(writer.samples).toBe(100 * SILENCE_PAGE_SAMPLES);
    writer.fill(threeHours, ALL);
    expect(writer.samples).toBe(threeHours);
  });
});

test('cut at every byte, a file reads up to its last whole page and no further', async () => {
  const folder = scratchFolder();
  const whole = track(
    Array.from({ length: 20 }, (_, number) => numberedOpus(number)),
    3,
    48_000 * 2,
  );
  const file = path.join(folder, 'a.opus');
  writeFileSync(file, whole);
  const ends: number[] = [];
  for await (const { page, byteOffset } of readOggPages(file)) ends.push(byteOffset + page.bytes);
  expect(ends.at(-1)).toBe(whole.length);
  for (let bytes = 0; bytes <= whole.length; bytes++) {
    writeFileSync(file, whole.subarray(0, bytes));
    const end = await findOpusEnd(file);
    expect(end.wholeBytes).toBe(Math.max(0, ...ends.filter((each) => each <= bytes)));
    expect(end.ended).toBe(bytes === whole.length);
  }
});

test('any flipped bit is noticed, and the pages before it still read', async () => {
  const file = path.join(scratchFolder(), 'a.opus');
  const whole = track([numberedOpus(1), numberedOpus(2)], 1, 48_000 * 2);
  for (let byte = 0; byte < whole.length; byte++) {
    const broken = Buffer.from(whole);
    broken[byte]! ^= 1 << (byte % 8);
    writeFileSync(file, broken);
    expect((await findOpusEnd(file)).wholeBytes).toBeLessThanOrEqual(byte);
  }
});

test.each([
  ['text', Buffer.from('this is no sound at all, only words, and many of them')],
  ['nothing', Buffer.alloc(0)],
])('a file of %s is refused by name', async (_, bytes) => {
  const file = path.join(scratchFolder(), 'a.opus');
  writeFileSync(file, bytes);
  await expect(packetsOf(file)).rejects.toThrow(NotOpusError);
});

const withoutFfmpeg = whyWithout('ffmpeg', '-version');
const withoutOpusinfo = whyWithout('opusinfo', '-V');

describe.skipIf(withoutFfmpeg !== '')(`beside ffmpeg${withoutFfmpeg}`, () => {
  const tone = (file: string, ...options: string[]) =>
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'sine=frequency=440:duration=4',
      '-c:a',
      'libopus',
      ...options,
      file,
    ]);

  test.each([
    ['20 ms', ['-frame_duration', '20']],
    [
      '60 ms, high rate, so that packets span pages',
      ['-frame_duration', '60', '-b:a', '250k', '-vbr', 'off'],
    ],
    ['2.5 ms', ['-frame_duration', '2.5']],
  ])('reads what it wrote: %s', async (_, options) => {
    const file = path.join(scratchFolder(), 'tone.opus');
    tone(file, ...options);
    const packets = await packetsOf(file);
    const samples = packets.reduce((sum, packet) => sum + packet.samples, 0);
    // ffmpeg drops the pre-skip (120 or 312) and trims the end by the last granule position.
    const decoded = decodedSamples(file);
    expect(samples).toBeGreaterThanOrEqual(decoded + 120);
    expect(samples).toBeLessThanOrEqual(decoded + 312 + 2880);
  });

  test('it decodes a track to the sample, stereo packets among mono ones, DTX and silence included', async () => {
    const folder = scratchFolder();
    const voices: Uint8Array[] = [];
    for (const channels of ['1', '2']) {
      const file = path.join(folder, `${channels}.opus`);
      tone(file, '-ac', channels);
      for await (const { opus } of readOpusPackets(file)) voices.push(opus, Uint8Array.of(opus[0]!));
    }
    const file = path.join(folder, 'track.opus');
    writeFileSync(file, track(voices, 8, 48_000 * 120 + 360));
    expect(decodedSamples(file)).toBe(48_000 * 120 + 360 - 312);
  });

  test.skipIf(withoutOpusinfo !== '')(`opusinfo finds nothing to say about it${withoutOpusinfo}`, () => {
    const file = path.join(scratchFolder(), 'track.opus');
    writeFileSync(file, track([numberedOpus(1), numberedOpus(2)], 8, 48_000 * 10));
    const report = opusinfo(file);
    expect(report).toContain('Pre-skip: 312');
    expect(report).not.toMatch(/WARNING|ERROR/i);
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('OggS');
  });
});
