import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { parseEdit, type Edit } from '../../src/mastering/edits/edit.ts';
import type { FfmpegJob, FfmpegRunner } from '../../src/mastering/ffmpeg.ts';
import { startWindow, type RenderRequest } from '../../src/mastering/index.ts';
import { render } from '../../src/mastering/render.ts';
import { renderWindow } from '../../src/mastering/window.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsFrom, packetsOf, requestFor } from './support/sessions.ts';
import { decodeFile, ffmpegForTest, RATE, temporaryFolder } from './support/signals.ts';

const SECOND = 1_000_000;

/** Voices that speak by turns and over each other, one of them in hiss. */
async function session(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'session');
  const speakers = await Promise.all(
    lines.slice(0, 3).map(async (line, index) => ({
      userId: `${index + 1}`,
      spurts: [
        { startUs: index * 4 * SECOND, packets: await packetsOf(voiceFile(line)) },
        { startUs: (index + 5) * 4 * SECOND, packets: await packetsOf(voiceFile(line)) },
      ],
    })),
  );
  const noisy = '0.2*sin(2*PI*220*t)*lt(mod(t\\,1)\\,0.6)+0.05*(random(0)-0.5)';
  speakers.push({ userId: '5', spurts: [{ startUs: 15 * SECOND, packets: await packetsFrom(noisy, 12) }] });
  await writeSampleSession(folder, { speakers, durationUs: 42 * SECOND });
  return folder;
}

const edit: Edit = {
  trim: { startUs: SECOND, endUs: 41 * SECOND },
  cuts: [{ startUs: 9 * SECOND, endUs: 12 * SECOND }],
  gains: [{ track: 2, gainDb: -4 }],
};

/** What a render process has around it, and what it was asked; `jobs` are all that ffmpeg was told. */
async function inProcess(
  sessionFolder: string,
  { furniture, ...changes }: Edit & Pick<RenderRequest, 'furniture'> = {},
) {
  const request = await requestFor(sessionFolder, furniture && { furniture });
  await mkdir(request.outputFolder, { recursive: true });
  const scratchFolder = await temporaryFolder();
  const signal = new AbortController().signal;
  const runner = ffmpegForTest();
  const jobs: FfmpegJob[] = [];
  const ffmpeg: FfmpegRunner = {
    ...runner,
    run: (job, onLine) => {
      jobs.push(job);
      return runner.run(job, onLine);
    },
  };
  const surroundings = { ffmpeg, scratchFolder, signal, onProgress: () => undefined };
  const asked = { ...request, edit: parseEdit({ ...edit, ...changes }) };
  return { request: asked, surroundings, scratchFolder, jobs };
}

/** A render that leaves its master in the scratch folder. */
async function masterOf(...asked: Parameters<typeof inProcess>): Promise<Float32Array> {
  const { request, surroundings, scratchFolder } = await inProcess(...asked);
  await render(request, surroundings);
  const bytes = await readFile(path.join(scratchFolder, 'master-3.00.f32'));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The first of two channels of a master. */
const leftOf = (pairs: Float32Array) =>
  Float32Array.from({ length: pairs.length / 2 }, (_, at) => pairs[2 * at]!);

const power = (signal: Float32Array) =>
  signal.reduce((sum, sample) => sum + sample * sample, 0) / signal.length;

test(
  'a window sounds as the master does there, wherever it begins, by what its own ffmpeg found out',
  { timeout: 60_000 },
  async () => {
    const sessionFolder = await session();
    const master = await masterOf(sessionFolder);
    for (const [fromUs, toUs] of [
      [0, 10 * SECOND],
      [5_123_457, 12_000_001],
      [20 * SECOND, 30 * SECOND],
      [28 * SECOND, 50 * SECOND],
    ] as const) {
      const { request, surroundings } = await inProcess(sessionFolder);
      const window = await renderWindow({ ...request, fromUs, toUs }, surroundings);
      const heard = await decodeFile(window.path);
      const from = Math.round((fromUs * RATE) / SECOND);
      const there = master.subarray(from, from + heard.length);
      expect(power(there)).toBeGreaterThan(1e-4);
      expect(heard.length).toBe(Math.min(Math.round((toUs * RATE) / SECOND), master.length) - from);
      const difference = there.map((sample, at) => sample - heard[at]!);
      // What is left is the rounding to 16 bits, and a filter's memory of more than a second ago.
      expect(10 * Math.log10(power(difference)), `${fromUs}`).toBeLessThan(-80);
    }

    // What another ffmpeg found out is not gone by: all tracks anew, and then the window.
    const part = { fromUs: 5 * SECOND, toUs: 6 * SECOND };
    const same = await inProcess(sessionFolder);
    await renderWindow({ ...same.request, ...part }, same.surroundings);
    expect(same.jobs).toHaveLength(1);
    const another = path.join(await temporaryFolder(), 'ffmpeg');
    await writeFile(another, '#!/bin/sh\nexec ffmpeg "$@"\n', { mode: 0o755 });
    const { request, surroundings, jobs } = await inProcess(sessionFolder);
    await renderWindow({ ...request, ...part, ffmpegPath: another }, surroundings);
    expect(jobs.length).toBeGreaterThan(4);
  },
);

test('a window of a session that was never rendered measures it first; one behind its end is refused', async () => {
  const sessionFolder = await session();
  const request = { ...(await requestFor(sessionFolder)), fromUs: 2 * SECOND, toUs: 4 * SECOND };
  const { durationUs, masterUs } = await startWindow(request);
  expect([durationUs, masterUs]).toEqual([2 * SECOND, 42 * SECOND]);
  const late = startWindow({ ...request, fromUs: 60 * SECOND, toUs: 61 * SECOND });
  await expect(late).rejects.toMatchObject({ code: 'empty-range' });
  await expect(late).rejects.toThrow('42.0 s');
});

/** Two channels that differ, as a show keeps its sounds; another sound for each seed. */
async function sound(name: string, seconds: number, hz = 330): Promise<string> {
  const file = path.join(await temporaryFolder(), name);
  const of = (each: number) => `0.2*sin(2*PI*${each}*t*(1+t/40))`;
  await ffmpegForTest().run({
    inputs: [{ options: ['-f', 'lavfi'], path: `aevalsrc='${of(hz)}|${of(hz + 7)}':s=44100:d=${seconds}` }],
    options: ['-map_metadata', '-1', ...(name.endsWith('.flac') ? ['-ar', '48000'] : [])],
    output: file,
  });
  return file;
}

/** So many seconds of a file is ffmpeg told to read. */
const secondsRead = (jobs: readonly FfmpegJob[], file: string) =>
  jobs
    .flatMap(({ inputs }) => inputs.filter((input) => input.path === file))
    .reduce((sum, { options }) => sum + Number(options[options.indexOf('-t') + 1]), 0);

test(
  'with a show’s sounds, and every track denoised, it decodes only what is heard in it',
  {
    timeout: 120_000,
  },
  async () => {
    const sessionFolder = await session();
    const introPath = await sound('intro.flac', 20);
    const bedPath = await sound('bed.flac', 25, 90);
    const outroPath = await sound('outro.mp3', 6, 200);
    const changes = {
      tracks: [1, 2, 3, 4].map((track) => ({ track, denoise: true })),
      furniture: { introPath, bedPath, outroPath },
    };
    const master = leftOf(await masterOf(sessionFolder, changes));
    for (const fromUs of [0, 13_123_457, 36 * SECOND, 55 * SECOND]) {
      const toUs = fromUs + 5 * SECOND;
      const { request, surroundings, jobs } = await inProcess(sessionFolder, changes);
      const window = await renderWindow({ ...request, fromUs, toUs }, surroundings);
      const heard = await decodeFile(window.path);
      const from = Math.round((fromUs * RATE) / SECOND);
      const difference = heard.map((sample, at) => sample - master[from + at]!);
      expect(10 * Math.log10(power(difference)), `${fromUs}`).toBeLessThan(-75);
      // Two seconds of what comes before let filters and limiter settle; a bed's end and its beginning meet at most once.
      for (const file of [introPath, bedPath]) expect(secondsRead(jobs, file)).toBeLessThanOrEqual(2 * 9);
      expect(jobs.length).toBeLessThanOrEqual(5);
    }
  },
);
