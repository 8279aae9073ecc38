import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { parseEdit, type Edit } from '../../src/mastering/edits/edit.ts';
import { startWindow } from '../../src/mastering/index.ts';
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

/** What a render process has around it, and what it was asked. */
async function inProcess(sessionFolder: string) {
  const request = await requestFor(sessionFolder);
  await mkdir(request.outputFolder, { recursive: true });
  const scratchFolder = await temporaryFolder();
  const signal = new AbortController().signal;
  const surroundings = { ffmpeg: ffmpegForTest(), scratchFolder, signal, onProgress: () => undefined };
  return { request: { ...request, edit: parseEdit(edit) }, surroundings, scratchFolder };
}

/** A render that leaves its master in the scratch folder. */
async function masterOf(sessionFolder: string): Promise<Float32Array> {
  const { request, surroundings, scratchFolder } = await inProcess(sessionFolder);
  await render(request, surroundings);
  const bytes = await readFile(path.join(scratchFolder, 'master-3.00.f32'));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const power = (signal: Float32Array) =>
  signal.reduce((sum, sample) => sum + sample * sample, 0) / signal.length;

test('a window sounds as the master does there, wherever it begins', { timeout: 60_000 }, async () => {
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
});

test('a window of a session that was never rendered measures it first; one behind its end is refused', async () => {
  const sessionFolder = await session();
  const request = { ...(await requestFor(sessionFolder)), fromUs: 2 * SECOND, toUs: 4 * SECOND };
  const { durationUs, masterUs } = await startWindow(request);
  expect([durationUs, masterUs]).toEqual([2 * SECOND, 42 * SECOND]);
  const late = startWindow({ ...request, fromUs: 60 * SECOND, toUs: 61 * SECOND });
  await expect(late).rejects.toMatchObject({ code: 'empty-range' });
  await expect(late).rejects.toThrow('42.0 s');
});
