import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lines, speakers, voiceFile, type ScriptedLine } from '../../src/demo/script.ts';
import { startRender } from '../../src/mastering/index.ts';
import { measureFile, readSummary } from '../../src/mastering/measure.ts';
import { writeSampleSession, type SampleSession } from '../recorder/support/sample-session.ts';
import { packetsFrom, packetsOf, requestFor } from './support/sessions.ts';
import { decodeFile, ffmpegForTest, RATE, temporaryFolder } from './support/signals.ts';

async function sessionOf(sample: SampleSession): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'session');
  await writeSampleSession(folder, sample);
  return folder;
}
const lineOf = (file: string): ScriptedLine => lines.find((line) => line.file === `${file}.opus`)!;

/** Each of the four says one line, one after the other: about 21 s. */
const turns = [
  { line: lineOf('ines-2'), startUs: 400_000 },
  { line: lineOf('tobias-1'), startUs: 5_600_000 },
  { line: lineOf('mei-1'), startUs: 11_600_000 },
  { line: lineOf('samuel-1'), startUs: 17_000_000 },
];
const fourVoices = async (): Promise<SampleSession> => ({
  speakers: await Promise.all(
    turns.map(async ({ line, startUs }, index) => ({
      userId: `${index + 1}`,
      displayName: speakers.find(({ key }) => key === line.speaker)!.displayName,
      spurts: [{ startUs, packets: await packetsOf(voiceFile(line)) }],
      // One speaker on a bad line.
      lose: (packet: number) => line.speaker === 'mei' && packet % 40 === 17,
    })),
  ),
  markers: [
    { atUs: 5_500_000, name: 'A track = for everyone; #1' },
    { atUs: 16_900_000, name: 'Rauschen 🎧 ושקט' },
  ],
});

test(
  'four voices at different levels become an MP3, an M4A and an Opus file on target',
  { timeout: 60_000 },
  async () => {
    const sample = await fourVoices();
    const request = await requestFor(await sessionOf(sample), {
      coverPath: path.join(await temporaryFolder(), 'cover.png'),
      transcript: 'skipped',
      preset: 'speech-low-data',
    });
    const ffmpeg = ffmpegForTest();
    await ffmpeg.run({
      inputs: [{ options: ['-f', 'lavfi'], path: 'testsrc=size=1500x1500' }],
      options: ['-frames:v', '1'],
      output: request.coverPath!,
    });
    const percents: number[] = [];
    const result = await startRender(request, { onProgress: (percent) => percents.push(percent) });

    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(percents.at(-1)).toBeGreaterThan(60);
    expect((await readdir(request.outputFolder)).sort()).toEqual([
      ...['episode.m4a', 'episode.mp3', 'episode.opus', 'report.json'],
    ]);
    expect(result.chapters.map(({ title }) => title)).toEqual([
      request.title,
      ...sample.markers!.map(({ name }) => name),
    ]);
    expect(result.renditions.map(({ kind }) => kind)).toEqual(['mp3', 'm4a', 'opus']);
    for (const rendition of result.renditions) {
      const { integratedLufs, truePeakDbtp } = await measureFile(ffmpeg, rendition.path);
      expect(Math.abs(integratedLufs + 19)).toBeLessThanOrEqual(0.3);
      expect(truePeakDbtp).toBeLessThanOrEqual(-1);
      expect(rendition).toMatchObject({ integratedLufs, truePeakDbtp });
      expect((await readFile(rendition.path)).length).toBe(rendition.bytes);

      const probed = await ffmpeg.probe(rendition.path);
      const chapters = probed.chapters as { start_time: number; 'TAG:title': string }[];
      expect(chapters.map((chapter) => [chapter.start_time, chapter['TAG:title']])).toEqual(
        result.chapters.map(({ startUs, title }) => [startUs / 1_000_000, title]),
      );
      // ffmpeg's Ogg muxer takes no picture, and puts the tags to the stream.
      const ogg = rendition.kind === 'opus';
      expect(probed.streams.some(({ codec_name }) => codec_name === 'mjpeg')).toBe(!ogg);
      expect(ogg ? probed.streams[0] : probed.format).toMatchObject({
        tags: { title: request.title, album: request.showTitle },
      });
      expect(Math.abs((probed.format.duration ?? 0) * 1e6 - result.durationUs)).toBeLessThan(60_000);

      const levels: number[] = [];
      for (const { startUs } of turns) levels.push(await loudnessBetween(rendition.path, startUs / 1e6, 4.8));
      expect(Math.max(...levels) - Math.min(...levels)).toBeLessThan(1);
    }
    const raw = result.speakers.map(({ measuredLufs }) => measuredLufs!);
    expect(Math.max(...raw) - Math.min(...raw)).toBeGreaterThan(10);
    const report = JSON.parse(
      await readFile(path.join(request.outputFolder, 'report.json'), 'utf8'),
    ) as object;
    expect(report).toMatchObject({
      ...{ target: { lufs: -19 }, leftOut: [] },
      transcript: { state: 'skipped', why: expect.stringContaining('TRANSCRIBE_URL') as string },
    });
  },
);

test('an edited talk: cut, its pauses shortened, one voice muted, one turned down', async () => {
  const folder = await sessionOf({ ...(await fourVoices()), durationUs: 24 * SECOND });
  const request = await requestFor(folder, {
    edit: {
      cuts: [{ startUs: 17_000_000, endUs: 24_000_000 }],
      mutes: [{ track: 1, startUs: 0, endUs: 24_000_000 }],
      gains: [{ track: 2, gainDb: -6 }],
      shortenSilencesToMs: 1_000,
    },
  });
  const result = await startRender(request);
  // The first voice is gone, so the talk begins half a second before the second one.
  const first = result.pieces[0]!;
  const last = result.pieces.at(-1)!;
  expect(first.sessionUs).toBeGreaterThan(4.8 * SECOND);
  expect(result.durationUs).toBe(result.pieces.reduce((sum, { durationUs }) => sum + durationUs, 0));
  expect(result.durationUs).toBeLessThan(12.5 * SECOND);
  expect(result.chapters.map(({ startUs }) => startUs)).toEqual([
    0,
    5_500_000 - first.sessionUs,
    16_900_000 - last.sessionUs + last.masterUs,
  ]);
  const tobias = result.pieces.find(({ sessionUs, durationUs }) => sessionUs + durationUs > 6 * SECOND)!;
  const mei = result.pieces.find(({ sessionUs, durationUs }) => sessionUs + durationUs > 12 * SECOND)!;
  const masterSeconds = (piece: typeof mei, us: number) => (us - piece.sessionUs + piece.masterUs) / SECOND;
  for (const { path: file } of result.renditions) {
    const down = await loudnessBetween(file, masterSeconds(tobias, 5_700_000), 4.5);
    const plain = await loudnessBetween(file, masterSeconds(mei, 11_700_000), 4.5);
    expect(plain - down).toBeGreaterThan(5);
    expect(plain - down).toBeLessThan(7);
  }
});

/** By ffmpeg's ebur128, on a part of a decoded file. */
async function loudnessBetween(file: string, startSeconds: number, seconds: number): Promise<number> {
  const output: string[] = [];
  const options = ['-ss', `${startSeconds}`, '-t', `${seconds}`, '-vn'];
  await ffmpegForTest().run(
    {
      inputs: [{ options, path: file }],
      options: ['-af', 'ebur128=peak=true:framelog=verbose', '-f', 'null'],
      output: '-',
    },
    (line) => output.push(line),
  );
  return readSummary(output).integratedLufs;
}

const SECOND = 1_000_000;
test.each([
  ['index says', undefined, 4, (seconds: number) => seconds],
  [
    'time map says',
    {
      trim: { startUs: SECOND, endUs: 3.5 * SECOND },
      cuts: [{ startUs: 1.5 * SECOND, endUs: 2.25 * SECOND }],
      gains: [{ track: 1, gainDb: -3 }],
    },
    1.75,
    (seconds: number) => seconds - 1.75,
  ],
])(
  'an impulse lands where the %s, within 1 ms of every rendition',
  { timeout: 60_000 },
  async (_, edit, lastsSeconds, masterSeconds) => {
    const impulseSeconds = 1.37;
    const packets = await packetsFrom(`if(eq(n,${impulseSeconds * RATE}),0.9,0)+0.004*sin(2*PI*300*t)`, 2);
    const startUs = 1_234_567;
    const folder = await sessionOf({
      speakers: [{ userId: '1', spurts: [{ startUs, packets }] }],
      durationUs: 4_000_000,
    });
    const result = await startRender(await requestFor(folder, { edit, preset: 'speech-low-data' }));
    expect(result.renditions).toHaveLength(3);
    expect(result.durationUs).toBe(lastsSeconds * SECOND);
    for (const { path: file } of result.renditions) {
      const signal = await decodeFile(file);
      const loudest = signal.reduce(
        (best, sample, at) => (Math.abs(sample) > Math.abs(signal[best]!) ? at : best),
        0,
      );
      const expected = masterSeconds(startUs / 1e6 + impulseSeconds);
      expect(Math.abs(loudest / RATE - expected), file).toBeLessThan(0.001);
      expect(Math.abs(signal.length / RATE - lastsSeconds), file).toBeLessThan(0.06);
    }
  },
);

test(
  'a session under 10 s of speech is rendered without a loudness target',
  { timeout: 60_000 },
  async () => {
    const { line } = turns[2]!;
    const folder = await sessionOf({
      speakers: [
        { userId: '1', spurts: [{ startUs: 100_000, packets: await packetsOf(voiceFile(line)) }] },
        // One packet, and nothing ever after.
        {
          userId: '2',
          spurts: [{ startUs: 700_000, packets: (await packetsOf(voiceFile(line))).slice(60, 61) }],
        },
        {
          userId: '3',
          bot: true,
          spurts: [{ startUs: 0, packets: await packetsFrom('0.8*sin(2*PI*440*t)', 1) }],
        },
      ],
    });
    const request = await requestFor(folder);
    const result = await startRender(request);
    for (const { truePeakDbtp } of result.renditions) expect(truePeakDbtp).toBeLessThanOrEqual(-1);
    expect(result.speakers.map(({ userId }) => userId)).toEqual(['1', '2']);
    expect(result.chapters).toEqual([]);
    const report = JSON.parse(
      await readFile(path.join(request.outputFolder, 'report.json'), 'utf8'),
    ) as object;
    expect(report).toMatchObject({
      target: { lufs: null, why: expect.stringContaining('10 s') as string },
      leftOut: [{ track: 1 }],
    });
  },
);

const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const silentSession = () =>
  sessionOf({
    speakers: [{ userId: '1', spurts: [{ startUs: 0, packets: Array.from({ length: 50 }, () => SILENCE) }] }],
  });

test.each([
  ['nobody spoke', 'no-speech', /Nobody was heard/, async () => requestFor(await silentSession())],
  [
    'nobody came',
    'no-speech',
    /Nobody was heard/,
    async () => requestFor(await sessionOf({ speakers: [], durationUs: 1_000_000 })),
  ],
  ['no session there', 'bad-session', /journal/, async () => requestFor(await temporaryFolder())],
  [
    'an unknown preset',
    'unknown-preset',
    /"opera"/,
    async () => requestFor(await silentSession(), { preset: 'opera' }),
  ],
  [
    'an edit of nobody',
    'bad-edit',
    /track 7/,
    async () => requestFor(await voiceSession(), { edit: { gains: [{ track: 7, gainDb: 1 }] } }),
  ],
  [
    'no ffmpeg',
    'ffmpeg-missing',
    /npm run setup/,
    async () => requestFor(await voiceSession(), { ffmpegPath: '/nowhere/ffmpeg' }),
  ],
  [
    'a cover that is a text',
    'bad-cover',
    /Upload another/,
    async () => requestFor(await voiceSession(), { coverPath: await textFile() }),
  ],
  [
    'a cover that is gone',
    'bad-cover',
    /Upload another/,
    async () => requestFor(await voiceSession(), { coverPath: '/nowhere.png' }),
  ],
])('%s: the failure is named and nothing is left behind', async (_, code, message, make) => {
  const request = await make();
  const render = startRender(request);
  await expect(render).rejects.toMatchObject({ name: 'RenderError', code, retry: false });
  await expect(render).rejects.toThrow(message);
  expect(await readdir(request.outputFolder)).toEqual([]);
});

const voiceSession = async () =>
  sessionOf({
    speakers: [
      {
        userId: '1',
        spurts: [{ startUs: 0, packets: (await packetsOf(voiceFile(lines[0]!))).slice(0, 100) }],
      },
    ],
  });

async function textFile(): Promise<string> {
  const file = path.join(await temporaryFolder(), 'cover.png');
  await writeFile(file, 'This is no picture.');
  return file;
}

test('aborting stops the render and leaves nothing behind', async () => {
  const request = await requestFor(await sessionOf(await fourVoices()));
  const controller = new AbortController();
  const render = startRender(request, { signal: controller.signal, onProgress: () => controller.abort() });
  await expect(render).rejects.toMatchObject({ code: 'aborted' });
  expect(await readdir(request.outputFolder)).toEqual([]);
  await expect(startRender(request, { signal: controller.signal })).rejects.toMatchObject({
    code: 'aborted',
  });
});

test('a killed render can be tried again, and its ffmpeg processes die with it', async () => {
  const request = await requestFor(await sessionOf(await fourVoices()));
  const render = startRender(request, {
    onProgress: (percent) => {
      if (percent < 25) return;
      for (const pid of processesNaming('render-process.ts', `${process.pid}`)) process.kill(pid, 'SIGKILL');
    },
  });
  await expect(render).rejects.toMatchObject({ code: 'render-died', retry: true });
  expect(processesNaming(request.outputFolder)).toEqual([]);
  expect(await readdir(request.outputFolder)).toEqual([]);
});

/** Process ids whose command line holds `text`, children of `parent` when it is given. */
function processesNaming(text: string, parent?: string): number[] {
  const asked = parent === undefined ? ['-f', text] : ['-P', parent, '-f', text];
  const { stdout } = spawnSync('pgrep', asked, { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}
