/** Every filter on at once, in the files that listeners get: where things stand, how loud they are, on how many channels. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startRender, type Edit } from '../../src/mastering/index.ts';
import type { FfmpegRunner } from '../../src/mastering/ffmpeg.ts';
import { measureFile } from '../../src/mastering/measure.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsFrom, requestFor } from './support/sessions.ts';
import { decodeFile, ffmpegForTest, RATE, temporaryFolder } from './support/signals.ts';

const SECOND = 1_000_000;

/** Words of 0.6 s over a hiss that asks for denoising; one click in a pause. */
const clickSeconds = 5.8;
const voice =
  '0.3*sin(2*PI*220*t)*(1+sin(2*PI*5*t))/2*lt(mod(t\\,1)\\,0.6)+0.06*(random(0)-0.5)' +
  `+if(eq(n\\,${clickSeconds * RATE})\\,0.9\\,0)`;

async function soundFile(
  ffmpeg: FfmpegRunner,
  name: string,
  expression: string,
  seconds: number,
): Promise<string> {
  const file = path.join(await temporaryFolder(), name);
  await ffmpeg.run({
    inputs: [{ options: ['-f', 'lavfi'], path: `aevalsrc='${expression}':s=44100:d=${seconds}` }],
    options: ['-map_metadata', '-1'],
    output: file,
  });
  return file;
}

test.each([
  ['speech-low-data', 1, -19, ['mp3', 'm4a', 'opus']],
  ['speech-stereo', 2, -16, ['mp3', 'm4a']],
])(
  'an impulse stands within 1 ms of its place in every rendition of %s, which has its channels and its loudness',
  { timeout: 120_000 },
  async (preset, channels, targetLufs, kinds) => {
    const ffmpeg = ffmpegForTest();
    const startUs = 1_234_500;
    const sessionFolder = path.join(await temporaryFolder(), 'session');
    await writeSampleSession(sessionFolder, {
      durationUs: 17 * SECOND,
      speakers: [
        { userId: '1', spurts: [{ startUs, packets: await packetsFrom(voice, 13) }] },
        {
          userId: '2',
          spurts: [{ startUs: 14.5 * SECOND, packets: await packetsFrom('0.2*sin(2*PI*180*t)', 2) }],
        },
      ],
    });
    const edit: Edit = {
      trim: { startUs: 0.5 * SECOND, endUs: 16.5 * SECOND },
      cuts: [{ startUs: 3 * SECOND, endUs: 4.25 * SECOND }],
      gains: [{ track: 1, gainDb: 2 }],
      tracks: [{ track: 1, denoise: true }],
    };
    const furniture = {
      introPath: await soundFile(ffmpeg, 'intro.wav', '0.2*sin(2*PI*330*t)', 4),
      bedPath: await soundFile(ffmpeg, 'bed.mp3', '0.1*sin(2*PI*90*t)', 7),
      outroPath: await soundFile(ffmpeg, 'outro.m4a', '0.1*sin(2*PI*190*t)', 4),
    };
    const request = await requestFor(sessionFolder, { preset, edit, furniture });
    const { pieces, renditions } = await startRender(request);
    const report = await readFile(path.join(request.outputFolder, 'report.json'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({
      speakers: [{ denoised: true }, { denoised: false }],
      sounds: [{ kind: 'intro' }, { kind: 'bed' }, { kind: 'bed' }, { kind: 'bed' }, { kind: 'outro' }],
    });
    const clickUs = startUs + clickSeconds * SECOND;
    const { sessionUs, masterUs } = pieces.find(
      (piece) => piece.sessionUs <= clickUs && clickUs < piece.sessionUs + piece.durationUs,
    )!;
    const expected = ((clickUs - sessionUs + masterUs) * RATE) / SECOND;
    expect(renditions.map(({ kind }) => kind)).toEqual(kinds);
    for (const { path: file } of renditions) {
      const samples = await decodeFile(file);
      const [first, end] = [Math.round(expected - RATE / 10), Math.round(expected + RATE / 10)];
      const around = samples.subarray(first, end).map(Math.abs);
      const found = first + around.indexOf(Math.max(...around));
      expect(Math.abs(found - expected) / RATE, file).toBeLessThan(0.001);
      const { integratedLufs, truePeakDbtp } = await measureFile(ffmpeg, file);
      expect(Math.abs(integratedLufs - targetLufs), file).toBeLessThanOrEqual(0.3);
      expect(truePeakDbtp, file).toBeLessThanOrEqual(-1);
      expect((await ffmpeg.probe(file)).streams[0], file).toMatchObject({ channels });
    }
  },
);
