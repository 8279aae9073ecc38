import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startExport, startRender, startWindow, type Edit } from '../../src/mastering/index.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsFrom, requestFor } from './support/sessions.ts';
import { ffmpegForTest, RATE, temporaryFolder, toolPaths } from './support/signals.ts';

const SECOND = 1_000_000;
const [LEFT_HZ, RIGHT_HZ] = [330, 550];

/** A host, and a performance that was sent in two channels: one tone on the left, another on the right. */
async function session(): Promise<{ folder: string; edit: Edit }> {
  const folder = path.join(await temporaryFolder(), 'session');
  const tones = `0.2*sin(2*PI*${LEFT_HZ}*t)|0.1*sin(2*PI*${RIGHT_HZ}*t)`;
  const voice = '0.3*sin(2*PI*220*t)*(1+sin(2*PI*5*t))/2*lt(mod(t\\,1)\\,0.6)+0.001*(random(0)-0.5)';
  const { tracks } = await writeSampleSession(folder, {
    speakers: [
      { userId: '1', displayName: 'Ada', spurts: [{ startUs: 0, packets: await packetsFrom(voice, 12) }] },
      {
        ...{ userId: '2', displayName: 'Band', bot: true },
        spurts: [{ startUs: 12 * SECOND, packets: await packetsFrom(tones, 14) }],
      },
    ],
    durationUs: 27 * SECOND,
  });
  const { number } = tracks.find(({ bot }) => bot)!;
  return { folder, edit: { tracks: [{ track: number, as: 'music' }] } };
}

/** How loud the two tones are in each channel of a file, dB. */
async function tonesOf(file: string, channels: 1 | 2, fromSeconds: number): Promise<number[][]> {
  const rawPath = path.join(await temporaryFolder(), 'decoded.f32');
  await ffmpegForTest().run({
    inputs: [{ options: ['-vn', '-ss', String(fromSeconds)], path: file }],
    options: ['-map', '0:a:0', '-t', '2', '-f', 'f32le', '-ar', String(RATE)],
    output: rawPath,
  });
  const { buffer } = await readFile(rawPath).then((bytes) => new Uint8Array(bytes));
  const all = new Float32Array(buffer);
  expect(all).toHaveLength(2 * RATE * channels);
  return Array.from({ length: channels }, (_, channel) =>
    [LEFT_HZ, RIGHT_HZ].map((hz) => {
      let [real, imaginary] = [0, 0];
      for (let at = channel; at < all.length; at += channels) {
        const phase = (2 * Math.PI * hz * (at - channel)) / channels / RATE;
        real += all[at]! * Math.cos(phase);
        imaginary += all[at]! * Math.sin(phase);
      }
      return 20 * Math.log10(Math.hypot(real, imaginary) / RATE + 1e-9);
    }),
  );
}

/** Each tone stands on its own side, 6 dB apart as it was sent, and hardly on the other. */
function expectSides([left, right]: number[][]): void {
  expect(Math.abs(left![0]! - right![1]! - 6)).toBeLessThan(0.5);
  expect(left![0]! - left![1]!).toBeGreaterThan(30);
  expect(right![1]! - right![0]!).toBeGreaterThan(30);
}

test(
  'music that was sent in two channels keeps them in a stereo master, and in a window of it',
  {
    timeout: 90_000,
  },
  async () => {
    const { folder, edit } = await session();
    const request = await requestFor(folder, { preset: 'speech-stereo', edit });
    const { renditions } = await startRender(request);
    for (const { path: file, kind, integratedLufs } of renditions) {
      expectSides(await tonesOf(file, 2, 18));
      expect(Math.abs(integratedLufs + 16), kind).toBeLessThanOrEqual(0.3);
    }
    const rendered = await tonesOf(renditions[0]!.path, 2, 18);
    const part = { fromUs: 17 * SECOND, toUs: 21 * SECOND };
    const window = await startWindow({ ...request, outputFolder: await temporaryFolder(), ...part });
    const heard = await tonesOf(window.path, 2, 1);
    expectSides(heard);
    expect(Math.abs(heard[0]![0]! - rendered[0]![0]!)).toBeLessThan(0.6);
  },
);

test('in a master of one channel both of its channels are heard', { timeout: 60_000 }, async () => {
  const { folder, edit } = await session();
  const { renditions } = await startRender(await requestFor(folder, { edit }));
  const [mono] = await tonesOf(renditions[0]!.path, 1, 18);
  expect(Math.abs(mono![0]! - mono![1]! - 6)).toBeLessThan(0.5);
});

test('its stem has two channels, whatever the master has', { timeout: 60_000 }, async () => {
  const { folder, edit } = await session();
  const outputFolder = path.join(await temporaryFolder(), 'out');
  const { files } = await startExport({
    ...{ sessionFolder: folder, outputFolder, format: 'wav', showTitle: 'Open Stage', timeZone: 'UTC' },
    ...{ ...toolPaths, processed: { preset: 'speech', edit } },
  });
  const stem = files.find(({ name }) => name.endsWith('Band.wav'))!;
  expectSides(await tonesOf(path.join(outputFolder, stem.name), 2, 18));
  const probed = await ffmpegForTest().probe(
    path.join(outputFolder, files.find(({ name }) => name.endsWith('Ada.wav'))!.name),
  );
  expect(probed.streams[0]!.channels).toBe(1);
});
