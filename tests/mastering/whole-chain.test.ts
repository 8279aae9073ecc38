/** Everything at once: cleaning, leveling, an edit and a show's sounds, on real files. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseEdit, type Edit } from '../../src/mastering/edits/edit.ts';
import { startRender, type RenderRequest } from '../../src/mastering/index.ts';
import { createMasters, type Master } from '../../src/mastering/masters.ts';
import { measureFile } from '../../src/mastering/measure.ts';
import { openWorkshop, prepare, type Prepared } from '../../src/mastering/prepare.ts';
import { writeSampleSession, type SampleSpeaker } from '../recorder/support/sample-session.ts';
import { packetsFrom, requestFor } from './support/sessions.ts';
import { decodeFile, ffmpegForTest, RATE, temporaryFolder } from './support/signals.ts';

const SECOND = 1_000_000;

/** Words of 0.6 s over a hiss that is always there; one click in a pause. */
const clickSeconds = 7.8;
const noisyVoice = (hiss: number, amplitude = 0.3) =>
  `${amplitude}*sin(2*PI*220*t)*(1+sin(2*PI*5*t))/2*lt(mod(t\\,1)\\,0.6)+${hiss}*(random(0)-0.5)` +
  `+if(eq(n\\,${clickSeconds * RATE})\\,0.9\\,0)`;

async function speaker(userId: string, startUs: number, expression: string, seconds: number, bot = false) {
  const packets = await packetsFrom(expression, seconds);
  return {
    userId,
    displayName: `Speaker ${userId}`,
    bot,
    spurts: [{ startUs, packets }],
  } satisfies SampleSpeaker;
}

async function sessionOf(speakers: SampleSpeaker[], durationUs = 20 * SECOND): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'session');
  await writeSampleSession(folder, { speakers, durationUs });
  return folder;
}

/** A sound file of two seconds or so, by ffmpeg's own generators. */
async function soundFile(name: string, expression: string, seconds: number): Promise<string> {
  const file = path.join(await temporaryFolder(), name);
  await ffmpegForTest().run({
    inputs: [{ options: ['-f', 'lavfi'], path: `aevalsrc='${expression}':s=44100:d=${seconds}` }],
    options: ['-map_metadata', '-1'],
    output: file,
  });
  return file;
}

async function masterOf(changes: Partial<RenderRequest> & { sessionFolder: string; edit?: Edit }) {
  const { edit, ...rest } = await requestFor(changes.sessionFolder, changes);
  const scratchFolder = await temporaryFolder();
  const signal = new AbortController().signal;
  const surroundings = { ffmpeg: ffmpegForTest(), scratchFolder, signal, onProgress: () => undefined };
  const workshop = await openWorkshop({ ...rest, edit: parseEdit(edit ?? {}) }, surroundings);
  const prepared = await prepare(workshop);
  onTestFinished(() => prepared.close());
  const { tracks, leveling, arrangement, channels, placed: sounds } = prepared;
  const masters = createMasters({
    ...{ tracks, leveling, arrangement, channels, sounds, scratchFolder },
    ...{ targetLufs: leveling.targetLufs, limiter: workshop.preset.limiter },
    ...{ gateDepthDb: workshop.preset.gate.depthDb, breathe: () => Promise.resolve() },
  });
  const master = await masters(-3);
  const { buffer } = await readFile(master.rawPath).then((bytes) => Uint8Array.from(bytes));
  return { prepared, master, samples: new Float32Array(buffer) } satisfies {
    prepared: Prepared;
    master: Master;
    samples: Float32Array;
  };
}

const loudestAt = (signal: Float32Array, from: number, to: number): number => {
  let loudest = from;
  for (let at = from; at < to; at += 1) if (Math.abs(signal[at]!) > Math.abs(signal[loudest]!)) loudest = at;
  return loudest;
};

test(
  'an impulse stands where the time map says, to the sample, with every filter on',
  { timeout: 60_000 },
  async () => {
    const startUs = 1_234_500;
    const sessionFolder = await sessionOf([
      await speaker('1', startUs, noisyVoice(0.06), 16),
      await speaker('2', 17 * SECOND, '0.2*sin(2*PI*180*t)', 2),
    ]);
    const edit: Edit = {
      trim: { startUs: 0.5 * SECOND, endUs: 19 * SECOND },
      cuts: [{ startUs: 3 * SECOND, endUs: 5.25 * SECOND }],
      gains: [{ track: 1, gainDb: 2 }],
      tracks: [{ track: 1, denoise: true }],
    };
    const furniture = { introPath: await soundFile('intro.wav', '0.2*sin(2*PI*330*t)', 4) };
    const { prepared, samples } = await masterOf({ sessionFolder, edit, furniture });
    expect(prepared.tracks.map(({ denoised }) => denoised)).toEqual([true, false]);
    const { timeMap } = prepared.arrangement;
    expect(timeMap.leadSamples).toBe(2 * RATE);
    const expected = (timeMap.masterUs(startUs + clickSeconds * SECOND)! * RATE) / SECOND;
    const found = loudestAt(samples, Math.round(expected) - 4800, Math.round(expected) + 4800);
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1);
  },
);

test('noise is taken off the track that needs it, and off no other', { timeout: 60_000 }, async () => {
  const sessionFolder = await sessionOf([
    await speaker('1', 0, noisyVoice(0.06), 12),
    await speaker('2', 12 * SECOND, noisyVoice(0.0006), 8),
  ]);
  const plain = { tracks: [{ track: 1, denoise: false }] };
  const [cleaned, left] = [await masterOf({ sessionFolder }), await masterOf({ sessionFolder, edit: plain })];
  expect(cleaned.prepared.tracks.map(({ denoised }) => denoised)).toEqual([true, false]);
  expect(left.prepared.tracks.map(({ denoised }) => denoised)).toEqual([false, false]);
  // Between two words, where the gate is still open.
  const hissDb = ({ samples }: { samples: Float32Array }) => {
    const pause = samples.subarray(9.62 * RATE, 9.8 * RATE);
    return 10 * Math.log10(pause.reduce((sum, each) => sum + each * each, 0) / pause.length);
  };
  expect(hissDb(left) - hissDb(cleaned)).toBeGreaterThan(5);
});

test('a show has its sounds: in stereo, on target, ducked under speech', { timeout: 60_000 }, async () => {
  const sessionFolder = await sessionOf([await speaker('1', 0.5 * SECOND, noisyVoice(0.001), 18)]);
  const request = await requestFor(sessionFolder, {
    furniture: {
      introPath: await soundFile('intro.flac', '0.4*sin(2*PI*330*t)|0.4*sin(2*PI*331*t)', 6),
      outroPath: await soundFile('outro.mp3', '0.05*sin(2*PI*440*t)|0.05*sin(2*PI*442*t)', 5),
      bedPath: await soundFile('bed.m4a', '0.3*sin(2*PI*110*t)', 7),
    },
  });
  const result = await startRender(request);
  expect(result.durationUs / SECOND).toBeCloseTo(20 + 3 + 2.5, 1);
  expect(result.pieces).toEqual([{ sessionUs: 0, masterUs: 3 * SECOND, durationUs: 20 * SECOND }]);
  for (const { path: file } of result.renditions) {
    const measured = await measureFile(ffmpegForTest(), file);
    expect(Math.abs(measured.integratedLufs + 16)).toBeLessThanOrEqual(0.3);
    expect(measured.truePeakDbtp).toBeLessThanOrEqual(-1);
    expect((await ffmpegForTest().probe(file)).streams[0]).toMatchObject({ channels: 2 });
  }
  const report = JSON.parse(await readFile(path.join(request.outputFolder, 'report.json'), 'utf8')) as object;
  expect(report).toMatchObject({ channels: 2, talkBeginsSeconds: 3, target: { lufs: -15.99 } });
  const samples = await decodeFile(result.renditions[0]!.path);
  const levelDb = (from: number, to: number) => {
    const part = samples.subarray(from * RATE, to * RATE);
    return 10 * Math.log10(part.reduce((sum, each) => sum + each * each, 0) / part.length);
  };
  // The intro is as loud as the voices; the outro was 18 dB softer than it and is not any more.
  expect(Math.abs(levelDb(0.5, 2.5) - levelDb(23.6, 25))).toBeLessThan(2);
});

test('music is taken as it is, under one gain; other bots stay out', { timeout: 60_000 }, async () => {
  const piece = '0.25*sin(2*PI*60*t)*(0.2+0.8*lt(mod(t\\,4)\\,2))';
  const sessionFolder = await sessionOf([
    await speaker('1', 0, noisyVoice(0.0006), 8),
    await speaker('2', 8 * SECOND, piece, 12, true),
  ]);
  const without = await masterOf({ sessionFolder });
  expect(without.prepared.tracks.map(({ as }) => as)).toEqual(['voice']);
  const music = without.prepared.tracks[0]!.track.number === 1 ? 2 : 1;
  const { prepared, samples } = await masterOf({
    sessionFolder,
    edit: { tracks: [{ track: music, as: 'music' }] },
  });
  expect(prepared.tracks.map(({ as }) => as).sort()).toEqual(['music', 'voice']);
  const rms = (from: number) => {
    const part = samples.subarray(from * RATE, (from + 1) * RATE);
    return Math.sqrt(part.reduce((sum, each) => sum + each * each, 0) / part.length);
  };
  // Soft and loud passages keep their distance of 14 dB, which a gate, a compressor or a following gain would change.
  expect(Math.abs(20 * Math.log10(rms(12.5) / rms(14.5)) - 14)).toBeLessThan(0.3);
});

test.each([
  ['a text', 'intro.mp3', 'This is no sound.'],
  [
    'a playlist that names another file',
    'intro.m3u8',
    '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
  ],
  ['a list for ffmpeg', 'intro.ffconcat', "ffconcat version 1.0\nfile '/etc/hostname'\n"],
])('an intro that is %s is refused with a remedy', async (_, name, text) => {
  const sessionFolder = await sessionOf([await speaker('1', 0, noisyVoice(0.0006), 2)], 3 * SECOND);
  const introPath = path.join(await temporaryFolder(), name);
  await writeFile(introPath, text);
  const render = masterOf({ sessionFolder, furniture: { introPath } });
  await expect(render).rejects.toMatchObject({ code: 'bad-furniture', retry: false });
  await expect(render).rejects.toThrow(/intro.*another sound file/s);
});

test('a silent bed is refused', async () => {
  const sessionFolder = await sessionOf([await speaker('1', 0, noisyVoice(0.0006), 2)], 3 * SECOND);
  const furniture = { bedPath: await soundFile('bed.wav', '0', 3) };
  await expect(masterOf({ sessionFolder, furniture })).rejects.toThrow(/bed is silent/);
});
