import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseEdit } from '../../../src/mastering/edits/edit.ts';
import { startExport, type Edit } from '../../../src/mastering/index.ts';
import { render } from '../../../src/mastering/render.ts';
import { writeSampleSession } from '../../recorder/support/sample-session.ts';
import { packetsFrom, requestFor } from '../support/sessions.ts';
import { decodeFile, ffmpegForTest, RATE, temporaryFolder, toolPaths } from '../support/signals.ts';

const SECOND = 1_000_000;
const edit: Edit = {
  trim: { startUs: SECOND, endUs: 23 * SECOND },
  cuts: [{ startUs: 5 * SECOND, endUs: 8 * SECOND }],
  mutes: [{ track: 2, startUs: 14 * SECOND, endUs: 15 * SECOND }],
};

/** Two who hum by turns and together: steady enough that no limiter has work. */
async function session(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'session');
  const hum = async (hz: number, amplitude: number, seconds: number) =>
    packetsFrom(`${amplitude}*sin(2*PI*${hz}*t)*(0.7+0.3*sin(2*PI*0.8*t))+0.0005*(random(0)-0.5)`, seconds);
  await writeSampleSession(folder, {
    startedAtMs: Date.parse('2026-11-22T18:00:00Z'),
    speakers: [
      { userId: '1', displayName: 'Ada', spurts: [{ startUs: 0, packets: await hum(230, 0.02, 11) }] },
      {
        userId: '2',
        displayName: 'Bo: פ 🎧',
        spurts: [{ startUs: 10 * SECOND, packets: await hum(190, 0.3, 13) }],
      },
    ],
    markers: [{ atUs: 9 * SECOND, name: 'Second part' }],
    durationUs: 24 * SECOND,
  });
  return folder;
}

async function soundFile(): Promise<string> {
  const file = path.join(await temporaryFolder(), 'intro.wav');
  await ffmpegForTest().run({
    inputs: [
      { options: ['-f', 'lavfi'], path: `aevalsrc='0.2*sin(2*PI*330*t)|0.2*sin(2*PI*550*t)':s=48000:d=4` },
    ],
    options: ['-map_metadata', '-1'],
    output: file,
  });
  return file;
}

async function masterOf(sessionFolder: string, furniture: { introPath: string }): Promise<Float32Array> {
  const request = await requestFor(sessionFolder, { furniture });
  await mkdir(request.outputFolder, { recursive: true });
  const scratchFolder = await temporaryFolder();
  const signal = new AbortController().signal;
  const surroundings = { ffmpeg: ffmpegForTest(), scratchFolder, signal, onProgress: () => undefined };
  await render({ ...request, edit: parseEdit(edit) }, surroundings);
  const bytes = await readFile(path.join(scratchFolder, 'master-3.00.f32'));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

test('stems are as long as the master, and together they are it', { timeout: 60_000 }, async () => {
  const sessionFolder = await session();
  const furniture = { introPath: await soundFile() };
  const stereo = await masterOf(sessionFolder, furniture);
  const left = stereo.filter((_, at) => at % 2 === 0);
  const outputFolder = path.join(await temporaryFolder(), 'out');
  const { files } = await startExport({
    ...{ sessionFolder, outputFolder, format: 'flac', showTitle: 'Open Stage', timeZone: 'Europe/Brussels' },
    ...toolPaths,
    processed: { preset: 'speech', edit, furniture },
  });
  const base = '2026-11-22 Open Stage - mastered';
  const tracks = files.filter(({ kind }) => kind === 'track').map(({ name }) => name);
  expect(tracks).toEqual([
    `${base} - 01 Ada.flac`,
    `${base} - 02 Bo- פ 🎧.flac`,
    `${base} - 03 Intro, outro and bed.flac`,
  ]);
  const sum = new Float32Array(left.length);
  for (const name of tracks) {
    const stem = await decodeFile(path.join(outputFolder, name));
    expect(stem.length).toBe(left.length);
    for (let at = 0; at < sum.length; at += 1) sum[at]! += stem[at]! * 10 ** (6 / 20);
  }
  const difference = sum.reduce((most, sample, at) => Math.max(most, Math.abs(sample - left[at]!)), 0);
  expect(difference).toBeLessThan(1e-5);
  expect(Math.max(...left.subarray(0, RATE))).toBeGreaterThan(0.05);
  const labels = await readFile(path.join(outputFolder, `${base} - 00 Markers (Audacity).txt`), 'utf8');
  // One second trimmed, three cut out, two of an intro before.
  expect(labels).toMatch(/^7\.0+\t7\.0+\tSecond part/);
});

test.each([
  ['Opus', { format: 'opus' as const }],
  ['a part', { format: 'wav' as const, range: { fromUs: 0, toUs: SECOND } }],
])('stems as %s are refused', async (_, changes) => {
  const order = {
    ...{ sessionFolder: await temporaryFolder(), outputFolder: await temporaryFolder(), showTitle: '' },
    ...{ timeZone: 'UTC', processed: { preset: 'speech' } },
    ...toolPaths,
    ...changes,
  };
  await expect(startExport(order)).rejects.toThrow(/stems of a master are WAV or FLAC/);
});
