import { statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findOpusEnd, readOpusPackets } from '../../../recorder/ogg/reader.ts';
import { readSession, readTrackPackets, type RecordedTrack } from '../../../recorder/session/reader.ts';
import type { WriteFault } from '../../../recorder/session/steady-file.ts';
import { unsyncedFiles, unwellFiles } from '../support/files.ts';
import { numberOf, PERFECT, seededRandom, send } from '../support/network.ts';
import { startRecording } from '../support/recording.ts';
import { scratchFolder } from '../support/scratch.ts';

const talk = (userId: string, startUs: number, packets: number) =>
  send({ spurts: [{ startUs, packets }], userId, ssrc: Number(userId) }, PERFECT, seededRandom(1));

async function numbersOf(track: RecordedTrack): Promise<number[]> {
  const numbers = [];
  for await (const { opus } of readTrackPackets(track)) numbers.push(numberOf(opus));
  return numbers;
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('a disk that refuses', () => {
  test.each(['ENOSPC', 'EIO'] as const)(
    '%s on one track for 2 s: told once, nothing lost, the others untouched',
    async (code) => {
      const folder = `${scratchFolder()}/session`;
      const files = unwellFiles();
      const faults: WriteFault[] = [];
      const recording = startRecording(folder, { files, onFault: (fault) => faults.push(fault) });
      const sent = [...talk('1', 0, 250), ...talk('2', 10_000, 250)].map(({ received }) => received);
      for (const packet of sent.sort((a, b) => a.arrivalUs - b.arrivalUs)) {
        const refusing = packet.arrivalUs > 1e6 && packet.arrivalUs < 3e6;
        files.refuse = refusing ? { pathEnds: '01.opus', code } : null;
        recording.play([packet]);
      }
      await recording.seal();
      expect(faults).toMatchObject([{ code, gaveUp: false, path: path.join(folder, 'tracks/01.opus') }]);
      for (const track of (await readSession(folder)).tracks)
        expect(await numbersOf(track)).toEqual(upTo(250));
    },
  );

  test('EIO on one track for good: that track ends in a whole page, the others and the seal do not', async () => {
    const folder = `${scratchFolder()}/session`;
    const files = unwellFiles();
    const faults: WriteFault[] = [];
    const recording = startRecording(folder, { files, onFault: (fault) => faults.push(fault) });
    const sent = [...talk('1', 0, 250), ...talk('2', 10_000, 250)].map(({ received }) => received);
    for (const packet of sent.sort((a, b) => a.arrivalUs - b.arrivalUs)) {
      if (packet.arrivalUs > 2e6) files.refuse = { pathEnds: '01.opus', code: 'EIO' };
      recording.play([packet]);
    }
    await recording.seal();
    expect(faults.map(({ gaveUp }) => gaveUp)).toEqual([false, true]);
    const [first, second] = (await readSession(folder)).tracks;
    expect(await numbersOf(second!)).toEqual(upTo(250));
    const end = await findOpusEnd(first!.opusPath);
    expect(end.wholeBytes).toBe(statSync(first!.opusPath).size);
    const kept = await numbersOf(first!);
    expect(kept.length).toBeGreaterThanOrEqual(80);
    // The index says no more than the file holds, and the journal says what is missing.
    expect(first!.packets).toBe(kept.length);
    const { gaps, durationUs } = await readSession(folder);
    const startUs = first!.spurts.at(-1)!.endUs;
    expect(gaps).toEqual([{ track: 1, startUs, endUs: durationUs, reason: 'disk' }]);
  });

  test('no room for a new track: the packet is lost, the session is not, and the track begins when there is', async () => {
    const folder = `${scratchFolder()}/session`;
    const files = unwellFiles();
    const faults: WriteFault[] = [];
    let full = true;
    const recording = startRecording(folder, {
      files: {
        ...files,
        open(file, how) {
          if (full && file.endsWith('.opus')) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          return files.open(file, how);
        },
      },
      onFault: (fault) => faults.push(fault),
    });
    for (const { received } of talk('1', 0, 200)) {
      full = received.arrivalUs < 1_500_000;
      recording.play([received]);
    }
    await recording.seal();
    expect(faults.every(({ code }) => code === 'ENOSPC')).toBe(true);
    expect(faults.length).toBeLessThanOrEqual(2);
    const { tracks, gaps } = await readSession(folder);
    expect((await numbersOf(tracks[0]!))[0]).toBe(100);
    expect(gaps).toEqual([
      { track: tracks[0]!.number, startUs: 0, endUs: tracks[0]!.spurts[0]!.startUs, reason: 'disk' },
    ]);
  });
});

test('EIO on one index for good: it is made again from the track', async () => {
  const folder = `${scratchFolder()}/session`;
  const files = unwellFiles();
  const recording = startRecording(folder, { files });
  const packets = talk('1', 0, 250).map(({ received }) => received);
  recording.play(packets.filter(({ arrivalUs }) => arrivalUs < 2e6));
  files.refuse = { pathEnds: '01.index', code: 'EIO' };
  recording.play(packets.filter(({ arrivalUs }) => arrivalUs >= 2e6));
  const sealing = recording.seal();
  files.refuse = null;
  await sealing;
  const session = await readSession(folder);
  expect(await numbersOf(session.tracks[0]!)).toEqual(upTo(250));
  expect(session.gaps).toEqual([]);
});

describe('what is promised is on the disk', () => {
  test('a marker is synced when it is acknowledged', async () => {
    const folder = `${scratchFolder()}/session`;
    const files = unwellFiles();
    const { writer, clock } = startRecording(folder, { files });
    clock.set(123_456);
    expect(await writer.marker('Now', '1')).toBe(123_456);
    expect(files.synced.some((file) => file.endsWith('journal.jsonl'))).toBe(true);
    expect((await readSession(folder)).markers).toEqual([{ atUs: 123_456, name: 'Now', byUserId: '1' }]);
  });

  test('that it ends is synced when it is acknowledged', async () => {
    const files = unwellFiles();
    const { writer } = startRecording(`${scratchFolder()}/session`, { files });
    await writer.stopping('empty');
    expect(files.synced.map((file) => path.basename(file))).toEqual(['journal.jsonl']);
  });

  test('a marker that the disk refuses is not acknowledged', async () => {
    const files = unwellFiles();
    const { writer } = startRecording(`${scratchFolder()}/session`, { files });
    files.refuse = { pathEnds: 'journal.jsonl', code: 'ENOSPC' };
    await expect(writer.marker('Now', '1')).rejects.toThrow(/journal/);
  });

  test('journal and redo log, which has what the tracks have, are synced at least twice a second', async () => {
    const folder = `${scratchFolder()}/session`;
    const files = unwellFiles();
    const recording = startRecording(folder, { files });
    for (const { received } of talk('1', 0, 200)) {
      recording.play([received]);
      if (received.arrivalUs % 500_000 !== 0) continue;
      // Rounds end in real time; packets come on the manual clock.
      await expect
        .poll(() => files.synced.filter((file) => file.endsWith('redo-1.log')).length)
        .toBeGreaterThanOrEqual(Math.floor(received.arrivalUs / 500_000));
    }
    await recording.seal();
  });
});

describe('silence', () => {
  test('of hours before a first word is written in chunks, and the words wait their turn', async () => {
    const folder = `${scratchFolder()}/session`;
    const files = unwellFiles();
    const recording = startRecording(folder, { files });
    const startUs = 5 * 3600e6;
    recording.skipTo(startUs);
    recording.play(talk('1', startUs, 100).map(({ received }) => received));
    await recording.seal();
    // 1,200 pages of 987 bytes at most between two ticks, and once more in the redo log, which says whose they are.
    expect(files.largestWrite).toBeLessThanOrEqual(1200 * 987 + 1_000);
    const [track] = (await readSession(folder)).tracks;
    expect(await numbersOf(track!)).toEqual(upTo(100));
    expect(Math.abs(track!.spurts[0]!.startUs - startUs)).toBeLessThan(1000);
    let end = 0;
    for await (const { startSamples, samples } of readOpusPackets(track!.opusPath))
      end = startSamples + samples;
    expect(end / 48_000).toBeCloseTo(5 * 3600 + 2, 1);
  });

  test('of ten hours before the first words of ten people keeps none of them from the disk for longer than 200 ms', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder, { files: unsyncedFiles });
    const startUs = 10 * 3600e6;
    recording.skipTo(startUs);
    const everybody = Array.from({ length: 10 }, (_, at) => String(at + 1));
    const sent = everybody.flatMap((userId) => talk(userId, startUs, 40));
    const packets = sent.map(({ received }) => received).sort((a, b) => a.arrivalUs - b.arrivalUs);
    const late: string[] = [];
    for (const [at, packet] of packets.entries()) {
      recording.play([packet]);
      const next = packets[at + 1];
      if (next === undefined || next.arrivalUs === packet.arrivalUs) continue;
      // As a kill at this moment would leave it.
      const dueUs = packet.arrivalUs - 200_000;
      if (dueUs < startUs) continue;
      const { tracks } = await readSession(folder);
      for (const userId of everybody) {
        const endUs = tracks.find((track) => track.userId === userId)?.spurts.at(-1)?.endUs ?? 0;
        if (endUs <= dueUs) late.push(`${userId} at ${packet.arrivalUs - startUs}`);
      }
    }
    expect(late).toEqual([]);
    await recording.seal();
  }, 30_000);

  test('after the last word is written as it passes, so that a file is never far behind', async () => {
    const folder = `${scratchFolder()}/session`;
    const recording = startRecording(folder, { files: unsyncedFiles });
    recording.play(talk('1', 0, 20).map(({ received }) => received));
    for (const minutes of [1, 2, 30]) {
      recording.until(minutes * 60e6);
      const { samples } = await findOpusEnd(path.join(folder, 'tracks/01.opus'));
      expect(minutes * 60 - samples / 48_000).toBeLessThan(12);
      expect(minutes * 60 - samples / 48_000).toBeGreaterThan(5);
    }
    await recording.seal();
  });
});
