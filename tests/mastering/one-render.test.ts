/** What a listener, a producer and a live recording find of one short render, each in the files themselves. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, getPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RecordedSession } from '../../recorder/session/reader.ts';
import { createFfmpegRunner } from '../../src/mastering/ffmpeg.ts';
import { startRender, type RenderRequest, type RenderResult } from '../../src/mastering/index.ts';
import { encodeAnalysis, parseAnalysis, type TrackAnalysis } from '../../src/mastering/kept/analysis.ts';
import { measureFile } from '../../src/mastering/measure.ts';
import { peaksFolder } from '../../src/mastering/peaks-file.ts';
import { openWorkshop, prepare } from '../../src/mastering/prepare.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { id3Frames, mp3Headers, topBoxes } from './support/files.ts';
import { packetsFrom } from './support/sessions.ts';
import { decodeFile, ffmpegForTest, temporaryFolder, toolPaths } from './support/signals.ts';
import { toneDb } from './support/tones.ts';

const SECOND = 1_000_000;

/**
 * Voices of one tone each, in words of 0.8 s made of syllables, so that each is heard apart from the other. The microphone
 * of the first is always open: it hums, each word shakes its stand, and four bursts of 5 ms go beyond the ceiling. Both are silent
 * from 4.8 to 8.6 s and speak at the same time from 13 s on. A bed lies under it all.
 */
const VOICE_HZ = [220, 330] as const;
const HUM_HZ = 1000;
const BED_HZ = 3000;
const RUMBLE = { hz: 40, belowVoiceDb: 6 };
const SECOND_FROM_SECONDS = 8.6;
const WORDS = 'lt(mod(t\\,1)\\,0.8)';
const firstVoice =
  `0.3*(sin(2*PI*${VOICE_HZ[0]}*t)*(1+sin(2*PI*5*t))/2+10^(-${RUMBLE.belowVoiceDb}/20)/2*sin(2*PI*${RUMBLE.hz}*t))` +
  `*${WORDS}*(lt(t\\,5)+gte(t\\,13))+0.003*sin(2*PI*${HUM_HZ}*t)+0.9*sin(2*PI*2000*t)*between(mod(n\\,48000)\\,40800\\,41040)*lt(t\\,4)`;
const secondVoice = `0.1*sin(2*PI*${VOICE_HZ[1]}*t)*(1+sin(2*PI*4*t))/2*${WORDS}`;

let folder: string;
let session: RecordedSession;
let request: RenderRequest;
let result: RenderResult;
let report: Report;
/** Of each rendition, by its kind. */
let heard: { kind: string; samples: Float32Array }[];
/** A line for each start and each end of an ffmpeg. */
let runs: string[];
const priorities = new Set<number>();

interface Report {
  master: { limiterShare: number; maxReductionDb: number };
  speakers: {
    displayName: string;
    measuredLufs: number;
    aloneInMixLufs: number;
    lost: number;
    holes: number;
  }[];
  speakerSpreadLu: number;
  renditions: { rangeLu: number }[];
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'one-render-'));
  const ffmpeg = createFfmpegRunner(toolPaths);
  session = await writeSampleSession(path.join(folder, 'session'), {
    durationUs: 16 * SECOND,
    speakers: [
      {
        ...{ userId: '1', displayName: 'Ada' },
        spurts: [{ startUs: 0, packets: await packetsFrom(firstVoice, 16, folder) }],
      },
      {
        ...{ userId: '2', displayName: 'Grace' },
        spurts: [
          {
            startUs: SECOND_FROM_SECONDS * SECOND,
            packets: await packetsFrom(secondVoice, 16 - SECOND_FROM_SECONDS, folder),
          },
        ],
        lose: (packet) => [70, 71, 130].includes(packet),
      },
    ],
    markers: [{ atUs: 8 * SECOND, name: 'Grace 🎧' }],
  });
  const bedPath = path.join(folder, 'bed.wav');
  await ffmpeg.run({
    inputs: [{ options: ['-f', 'lavfi'], path: `aevalsrc='0.1*sin(2*PI*${BED_HZ}*t)':s=48000:d=20` }],
    options: ['-map_metadata', '-1'],
    output: bedPath,
  });
  ffmpeg.close();
  const log = path.join(folder, 'runs');
  const ffmpegPath = path.join(folder, 'ffmpeg');
  const real = `"${toolPaths.ffmpegPath}" "$@"`;
  await writeFile(
    ffmpegPath,
    `#!/bin/sh\necho "begin $PPID" >>${log}\n${real}\ncode=$?\necho end >>${log}\nexit $code\n`,
  );
  await chmod(ffmpegPath, 0o755);
  const logged = async () => (await readFile(log, 'utf8')).trim().split('\n');
  request = {
    ...{ sessionFolder: session.folder, outputFolder: path.join(folder, 'out'), preset: 'speech-low-data' },
    ...{ title: 'One render', showTitle: 'Open Stage', author: 'Inès Moreau' },
    ...{ encoders: 1, furniture: { bedPath }, ...toolPaths, ffmpegPath },
  };
  const looks: Promise<void>[] = [];
  const look = async () => {
    const render = Number((await logged())[0]!.split(' ')[1]);
    priorities.add(getPriority(render));
  };
  result = await startRender(request, {
    onProgress: (percent) => {
      if (percent < 40) looks.push(look());
    },
  });
  await Promise.all(looks);
  runs = await logged();
  report = JSON.parse(await readFile(path.join(request.outputFolder, 'report.json'), 'utf8')) as Report;
  heard = await Promise.all(
    result.renditions.map(async ({ kind, path: file }) => ({
      kind,
      samples: await decodeFile(file, folder),
    })),
  );
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const eachRendition = (check: (level: (hz: number, from: number, to: number) => number) => void) => {
  expect(heard.map(({ kind }) => kind)).toEqual(['mp3', 'm4a', 'opus']);
  for (const { samples } of heard) check((hz, from, to) => toneDb(samples, hz, from, to));
};

test('an open microphone is turned down while its speaker is silent', () => {
  eachRendition((level) => {
    // Just after a word the gate is still open; the hum itself never changes.
    expect(level(HUM_HZ, 4.85, 5.05) - level(HUM_HZ, 6, 8)).toBeGreaterThan(14);
  });
});

test('a bed is turned down under speech', () => {
  eachRendition((level) => {
    const ducked = level(BED_HZ, 7, 8) - level(BED_HZ, 10.6, 12.6);
    expect(ducked).toBeGreaterThan(8);
    expect(ducked).toBeLessThan(12);
  });
});

test('rumble is taken off the voice that it came with', () => {
  eachRendition((level) => {
    const below = level(VOICE_HZ[0], 1, 4) - level(RUMBLE.hz, 1, 4);
    expect(below).toBeGreaterThan(RUMBLE.belowVoiceDb + 8);
  });
});

test('two who speak at the same time are both heard, each as loud as alone', () => {
  eachRendition((level) => {
    const first = level(VOICE_HZ[0], 14, 14.8) - level(VOICE_HZ[0], 3, 3.8);
    const second = level(VOICE_HZ[1], 14.6, 15.4) - level(VOICE_HZ[1], 11.6, 12.4);
    for (const change of [first, second]) expect(Math.abs(change)).toBeLessThan(1.5);
  });
});

test('a render has the lowest priority, and no more of ffmpeg at once than it was given', () => {
  expect([...priorities]).toEqual([constants.priority.PRIORITY_LOW]);
  let [running, most] = [0, 0];
  for (const line of runs) most = Math.max(most, (running += line === 'end' ? -1 : 1));
  expect(running).toBe(0);
  expect(most).toBe(1);
  // Two tracks and a bed are decoded, three renditions encoded and measured.
  expect(runs.filter((line) => line !== 'end').length).toBeGreaterThanOrEqual(9);
});

test('the report holds the figures that prove the master', async () => {
  const { master, speakers, speakerSpreadLu, renditions } = report;
  expect(master.limiterShare).toBeGreaterThan(0);
  expect(master.limiterShare).toBeLessThan(0.3);
  // A burst of 0.9 under the gain of its speaker, down to the ceiling of -3 dBTP.
  expect(master.maxReductionDb).toBeLessThan(-1);
  expect(master.maxReductionDb).toBeGreaterThan(-6);
  expect(speakers).toMatchObject([
    { displayName: 'Ada', lost: 0, holes: 0 },
    { displayName: 'Grace', lost: 3, holes: 2 },
  ]);
  const alone = speakers.map(({ aloneInMixLufs }) => aloneInMixLufs);
  expect(Math.abs(speakerSpreadLu - Math.abs(alone[0]! - alone[1]!))).toBeLessThan(0.02);
  expect(speakerSpreadLu).toBeLessThan(1);
  for (const [index, { path: file }] of result.renditions.entries())
    expect(renditions[index]!.rangeLu).toBe((await measureFile(ffmpegForTest(), file)).rangeLu);
});

test('an MP3 is of a constant rate, with an Info header and chapters in ID3v2.3', async () => {
  const file = await readFile(result.renditions[0]!.path);
  const { version, frames, end } = id3Frames(file);
  expect(version).toBe('ID3v2.3.0');
  const bodies = (id: string) => frames.flatMap((frame) => (frame.id === id ? [frame.body] : []));
  const afterName = (body: Buffer) => body.subarray(body.indexOf(0) + 1);
  expect(bodies('TIT2')).toHaveLength(1);
  // Flags, then how many (ID3v2 chapter frame addendum, 3.2); a chapter begins with its start in milliseconds (3.1).
  expect(bodies('CTOC').map((body) => afterName(body)[1])).toEqual([2]);
  expect(bodies('CHAP').map((body) => afterName(body).readUInt32BE(0))).toEqual([0, 8000]);
  const headers = mp3Headers(file, end);
  expect(headers.length).toBeGreaterThan(16 / 0.024);
  expect([...new Set(headers.map(({ kbps }) => kbps))]).toEqual([96]);
  expect(file.subarray(end, headers[1]!.at).includes('Info')).toBe(true);
});

test('an M4A can be played before it is all there', async () => {
  const boxes = topBoxes(await readFile(result.renditions[1]!.path));
  expect(boxes[0]).toBe('ftyp');
  expect(boxes).toContain('mdat');
  expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
  expect(boxes).toContain('moov');
});

/** What a second render finds out of a session whose kept figures were changed in between. */
async function preparedAfter(change: (kept: TrackAnalysis) => TrackAnalysis) {
  const files = session.tracks.map(({ number }) =>
    path.join(peaksFolder(session.folder, number), 'analysis.bin'),
  );
  const kept = await Promise.all(files.map((file) => readFile(file)));
  await Promise.all(
    kept.map((bytes, at) => writeFile(files[at]!, encodeAnalysis(change(parseAnalysis(bytes)!)))),
  );
  onTestFinished(async () => {
    await Promise.all(kept.map((bytes, at) => writeFile(files[at]!, bytes)));
  });
  const surroundings = {
    ...{ ffmpeg: ffmpegForTest(), scratchFolder: await temporaryFolder() },
    ...{ signal: new AbortController().signal, onProgress: () => undefined },
  };
  const prepared = await prepare(await openWorkshop({ ...request, edit: undefined }, surroundings));
  prepared.close();
  return prepared;
}

/** Ten decibels down, in steps of 0.4. */
const softer = (levels: Uint8Array) => levels.map((code) => (code === 0 ? 0 : Math.max(1, code - 25)));

test('a second render goes by the levels that were kept and measures nothing again', async () => {
  const { asRecorded } = await preparedAfter((kept) => ({ ...kept, levels: softer(kept.levels) }));
  for (const [index, { level }] of asRecorded.tracks.entries())
    expect(level.measured!.lufs).toBeCloseTo(report.speakers[index]!.measuredLufs - 10, 1);
});

test('nor does it measure the cleaned voices again', async () => {
  const plain = await preparedAfter((kept) => kept);
  const changed = await preparedAfter(({ cleaned, ...kept }) => ({
    ...kept,
    cleaned: { ...cleaned!, levels: softer(cleaned!.levels) },
  }));
  for (const [index, { level }] of changed.leveling.tracks.entries())
    expect(level.measured!.lufs).toBeCloseTo(plain.leveling.tracks[index]!.level.measured!.lufs - 10, 1);
});
