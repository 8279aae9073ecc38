import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flacSamples } from '../../../src/mastering/flac-header.ts';
import { startExport, type ExportFormat, type ExportRequest } from '../../../src/mastering/index.ts';
import type { RecordedSession } from '../../../recorder/session/reader.ts';
import { scratchFolder } from '../../recorder/support/scratch.ts';
import { startRecording } from '../../recorder/support/recording.ts';
import { writeSampleSession } from '../../recorder/support/sample-session.ts';
import { packetsFrom } from '../support/sessions.ts';
import { decodeFile, ffmpegForTest, RATE, temporaryFolder, toolPaths } from '../support/signals.ts';

const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const IMPULSE_SAMPLE = 65_760;
let packets: Uint8Array[];
let folder: string;
let session: RecordedSession;

async function requestFor(
  sessionFolder: string,
  format: ExportFormat,
  changes: Partial<ExportRequest> = {},
): Promise<ExportRequest> {
  const outputFolder = path.join(await temporaryFolder(), 'out');
  return {
    ...{ sessionFolder, outputFolder, format, showTitle: 'Open Stage: live?', timeZone: 'Europe/Brussels' },
    ...toolPaths,
    ...changes,
  };
}

const startedAtMs = Date.parse('2026-11-22T18:00:00.250Z');

/** Somebody who clicks once; one whose name is written to the left, and who says nothing; a music bot. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'exports-'));
  packets = await packetsFrom(`if(eq(n,${IMPULSE_SAMPLE}),0.9,0)+0.002*sin(2*PI*300*t)`, 2, folder);
  session = await writeSampleSession(path.join(folder, 'session'), {
    startedAtMs,
    title: 'Ask us anything',
    speakers: [
      { userId: '1', displayName: 'Ada 👩‍🚀', spurts: [{ startUs: 7_234_567, packets }] },
      { userId: '3', displayName: 'مقدمة "quoted"', spurts: [{ startUs: 0, packets: [SILENCE, SILENCE] }] },
      {
        ...{ userId: '4', displayName: 'Music', bot: true },
        spurts: [{ startUs: 500_000, packets: await packetsFrom('0.3*sin(2*PI*440*t)|0', 1, folder) }],
      },
    ],
    markers: [
      { atUs: 2_000_000, name: 'Before' },
      { atUs: 8_500_000, name: 'A "click"\nwith <tags> & 🎧' },
    ],
    durationUs: 10_000_000,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const loudest = (signal: Float32Array): number =>
  signal.reduce((best, sample, at) => (Math.abs(sample) > Math.abs(signal[best]!) ? at : best), 0);
const rms = (signal: Float32Array): number =>
  Math.sqrt(signal.reduce((sum, sample) => sum + sample * sample, 0) / signal.length);

test.each(['wav', 'flac', 'opus'] as const)(
  '%s: named after people, equally long, each sound at its sample',
  { timeout: 60_000 },
  async (format) => {
    const request = await requestFor(session.folder, format);
    const percents: number[] = [];
    const result = await startExport(request, { onProgress: (percent) => percents.push(percent) });
    expect(percents).toEqual([...new Set(percents)].sort((a, b) => a - b));
    const tracks = result.files.filter(({ kind }) => kind === 'track');
    expect(tracks.map(({ name }) => name)).toEqual([
      `2026-11-22 Open Stage- live- - 01 مقدمة -quoted-.${format}`,
      `2026-11-22 Open Stage- live- - 02 Music.${format}`,
      `2026-11-22 Open Stage- live- - 03 Ada 👩‍🚀.${format}`,
    ]);
    expect((await readdir(request.outputFolder)).sort()).toEqual(result.files.map(({ name }) => name).sort());
    for (const { name, bytes } of result.files)
      expect((await stat(path.join(request.outputFolder, name))).size).toBe(bytes);

    for (const [index, track] of session.tracks.entries()) {
      const file = path.join(request.outputFolder, tracks[index]!.name);
      const signal = await decodeFile(file);
      if (format === 'opus') expect(await readFile(file)).toEqual(await readFile(track.opusPath));
      // The recorded file itself stands on a grid of 2.5 ms.
      expect(signal.length - 10 * RATE).toBe(format === 'opus' ? 48 : 0);
      if (track.userId === '1') {
        const expected = Math.round((track.spurts[0]!.startUs * RATE) / 1e6) + IMPULSE_SAMPLE;
        expect(Math.abs(loudest(signal) - expected)).toBeLessThanOrEqual(format === 'opus' ? 60 : 1);
      }
      if (track.userId === '3') expect(signal.every((sample) => Math.abs(sample) < 1e-4)).toBe(true);
      // Silence is holes in the file.
      if (track.userId === '3' && format === 'wav')
        expect((await stat(file)).blocks * 512).toBeLessThan(10_000);
      if (track.userId === '4') {
        const { streams } = await ffmpegForTest().probe(file);
        expect(streams[0]!.channels).toBe(2);
        expect(rms(signal.subarray(30_000, 60_000))).toBeCloseTo(0.3 / Math.SQRT2, 2);
      }
    }
  },
);

test.each(['wav', 'opus'] as const)(
  'a part of a session as %s is that part, to the sample',
  async (format) => {
    const [fromUs, toUs] = [8_000_000, 9_000_000];
    const request = await requestFor(session.folder, format, { range: { fromUs, toUs } });
    const { files, name } = await startExport(request);
    expect(name).toBe('2026-11-22 Open Stage- live- 00h00m08s-00h00m09s');
    const part = await decodeFile(
      path.join(request.outputFolder, files.find((file) => file.name.includes('Ada'))!.name),
    );
    expect(part.length).toBe(RATE);
    const ada = session.tracks.find(({ userId }) => userId === '1')!;
    const click = Math.round((ada.spurts[0]!.startUs * RATE) / 1e6) + IMPULSE_SAMPLE - 8 * RATE;
    expect(Math.abs(loudest(part) - click)).toBeLessThanOrEqual(format === 'opus' ? 60 : 1);
    if (format === 'wav')
      for (const { name: track } of files.filter(({ kind }) => kind === 'track')) {
        const probed = await ffmpegForTest().probe(path.join(request.outputFolder, track));
        expect(probed.streams[0]).toMatchObject({ codec_name: 'pcm_s24le', sample_rate: 48_000 });
        expect(probed.format).toMatchObject({ duration: 1 });
        expect(probed.format.tags).toMatchObject({
          // 19:00:08.250 in Brussels, the same in all.
          time_reference: String((19 * 3600 + 8.25) * RATE),
          ...{ date: '2026-11-22', creation_time: '19:00:08', encoded_by: 'Stagecast' },
          originator_reference: session.sessionId.replaceAll('-', ''),
        });
      }
    const labels = await readFile(
      path.join(request.outputFolder, files.find((file) => file.name.includes('Markers'))!.name),
      'utf8',
    );
    expect(labels).toMatch(/^0\.5\d*\t0\.5\d*\tA "click" with <tags> & 🎧\r\n$/);
  },
);

test('FLAC holds what WAV holds, to the bit, and its header says how long and which sound', async () => {
  const made = async (format: ExportFormat) => {
    const request = await requestFor(session.folder, format);
    const { files } = await startExport(request);
    return files
      .filter(({ kind }) => kind === 'track')
      .map(({ name }) => path.join(request.outputFolder, name));
  };
  const [waves, flacs] = [await made('wav'), await made('flac')];
  for (const [index, flac] of flacs.entries()) {
    // STREAMINFO ends in the MD5 of the samples, of as many bytes as they have (RFC 9639 section 8.2).
    const header = (await readFile(flac)).subarray(0, 42);
    expect(header.toString('hex', 26)).toBe(await samplesMd5(waves[index]!));
    expect(await flacSamples(flac)).toBe(10 * RATE);
    const { streams, format } = await ffmpegForTest().probe(flac);
    expect(streams[0]).toMatchObject({ bits_per_raw_sample: 24, sample_rate: RATE });
    expect(format.tags).toMatchObject({
      ...{ title: session.tracks[index]!.displayName, album: 'Open Stage: live?', date: '2026-11-22' },
      ...{ track: String(index + 1), time_reference: String((19 * 3600 + 0.25) * RATE) },
    });
  }
  expect(await flacSamples(waves[0]!)).toBe(0);
});

async function samplesMd5(file: string): Promise<string> {
  const output = path.join(await temporaryFolder(), 'md5');
  const options = ['-map', '0:a:0', '-c:a', 'pcm_s24le', '-f', 'md5'];
  await ffmpegForTest().run({ inputs: [{ options: ['-vn'], path: file }], options, output });
  return (await readFile(output, 'utf8')).trim().replace('MD5=', '');
}

test.each(['wav', 'opus'] as const)(
  'a session that still records gives what there is, as %s, and goes on',
  async (format) => {
    const live = scratchFolder();
    const recording = startRecording(live);
    recording.writer.person({ userId: '1', displayName: 'Ada', bot: false });
    recording.writer.person({ userId: '2', displayName: 'Bob', bot: false });
    const arrivals = (userId: string, startUs: number) =>
      packets.map((opus, index) => ({
        ...{ userId, ssrc: Number(userId), sequence: index, opus },
        timestamp: index * 960,
        arrivalUs: startUs + index * 20_000,
      }));
    recording.play(arrivals('1', 500_000));
    recording.play(arrivals('2', 3_000_000).slice(0, 50));
    recording.until(4_500_000);
    const before = await readFile(path.join(live, 'tracks/01.opus'));
    const request = await requestFor(live, format);
    const { files, toUs } = await startExport(request);
    expect(toUs).toBeGreaterThan(3_900_000);
    const lengths: number[] = [];
    for (const { name } of files.filter(({ kind }) => kind === 'track')) {
      const signal = await decodeFile(path.join(request.outputFolder, name));
      lengths.push(signal.length);
      if (name.includes('Ada'))
        expect(Math.abs(loudest(signal) - 0.5 * RATE - IMPULSE_SAMPLE)).toBeLessThanOrEqual(60);
    }
    expect(lengths).toEqual([Math.round((toUs * RATE) / 1e6), Math.round((toUs * RATE) / 1e6)]);
    expect(await readFile(path.join(live, 'tracks/01.opus'))).toEqual(before);
    recording.play(arrivals('2', 3_000_000).slice(50));
    await recording.seal();
  },
);

test('a disk that fills up in the middle is named, may pass, and leaves nothing behind', async () => {
  const request = await requestFor(session.folder, 'flac');
  const ffmpegPath = path.join(path.dirname(request.outputFolder), 'ffmpeg');
  // Linux has a device on which every write meets a full disk (full(4)).
  const script = `#!/bin/bash\n[[ "$*" == *flac* ]] && set -- "\${@:1:$#-1}" /dev/full\nexec ${toolPaths.ffmpegPath} "$@"\n`;
  await writeFile(ffmpegPath, script, { mode: 0o755 });
  const failed = startExport({ ...request, ffmpegPath });
  await expect(failed).rejects.toMatchObject({ code: 'disk-full', retry: true });
  await expect(failed).rejects.toThrow(/free room on the disk/);
  expect(await readdir(request.outputFolder)).toEqual([]);
});

test('a range beyond the end, and a session of nobody, are told', async () => {
  const late = await requestFor(session.folder, 'flac', { range: { fromUs: 11_000_000, toUs: 12_000_000 } });
  await expect(startExport(late)).rejects.toMatchObject({ code: 'empty-range', retry: false });
  const empty = path.join(await temporaryFolder(), 'session');
  await writeSampleSession(empty, { speakers: [], durationUs: 1_000_000 });
  await expect(startExport(await requestFor(empty, 'flac'))).rejects.toMatchObject({ code: 'no-speech' });
});
