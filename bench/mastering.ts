/**
 * `npm run bench:mastering`: what a render costs beside the pipeline that everyone writes and beside the least that any
 * must do, and how it sounds. `--short` is CI's form (3 minutes, one round), `--long` masters an hour.
 * `--only memory` renders three hours of ten speakers, `--only vast` twelve of forty who say little (30 GB of disk).
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fourSpeakers, tenSpeakers } from './mastering/cast.ts';
import { clicks } from './mastering/clicks.ts';
import { type Corpus, corpus } from './mastering/corpus.ts';
import { type Quality, qualityOf } from './mastering/quality.ts';
import { file, floor, KINDS, naive, ours, prepareFloor } from './mastering/rows.ts';
import { memory, RSS_MB, vast } from './mastering/sizes.ts';
import type { Usage } from './mastering/usage.ts';
import { decode, EspeakMissingError } from './mastering/voices.ts';
import { readSession } from '../recorder/session/reader.ts';
import { startWindow, type Edit } from '../src/mastering/index.ts';
import { atLeast, atMost, type Must, reportMusts } from './support/musts.ts';
import { type Cell, formatTable, rounded } from './support/table.ts';

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    /** Only these parts: quality, windows, speed; and, where they are asked for, memory and vast. */
    only: { type: 'string', multiple: true },
    preset: { type: 'string', default: 'speech' },
  },
});
const { short, long } = options;
const seconds = short ? 180 : long ? 3600 : 600;
const rounds = short ? 1 : 3;

/** What must hold (docs/decisions/0008). One round of three minutes only guards against a step back. */
const LIMITS = short
  ? { cpuToNaive: 0.6, wallToNaive: 0.6, cpuToFloor: 2.4 }
  : { cpuToNaive: 0.4, wallToNaive: 0.3, cpuToFloor: 1.75 };
const SPREAD_LU = { 4: 1, 10: 1.5 };
/** An open microphone that nobody turns down stands at -40; the naive chain, which never raises it, at -55. */
const PAUSE_FLOOR_LUFS = -50;
/** Of a level that wanders by 4 dB to both sides. */
const DRIFT_LEFT_LU = 3;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

const scratch = await mkdtemp(path.join(os.tmpdir(), 'stagecast-bench-'));
const folder = (name: string) => path.join(scratch, name);

interface Heard extends Quality {
  row: string;
  clicks: number;
}

/** Both renditions of a row, each against the same row made of a session without holes. */
async function heard(row: string, made: Corpus, output: string, clean: string): Promise<Heard[]> {
  const all: Heard[] = [];
  for (const kind of KINDS) {
    const samples = decode(file(output, kind));
    const quality = await qualityOf(made, file(output, kind), samples);
    const joins = clicks(made, samples, decode(file(clean, kind)));
    all.push({ row: `${row}, ${kind}`, ...quality, clicks: joins.clicks });
  }
  return all;
}

async function quality(count: 4 | 10): Promise<Must[]> {
  const cast = count === 4 ? fourSpeakers : tenSpeakers;
  const made = await corpus({ cast, seconds });
  const clean = await corpus({ cast, seconds, lossless: true });
  const { peakMb } = await ours(made.folder, folder('ours'), options.preset);
  await ours(clean.folder, folder('ours-clean'), options.preset);
  const mine = await heard('ours', made, folder('ours'), folder('ours-clean'));
  const theirs: Heard[] = [];
  // The naive chain is there to show what the figures mean; once is enough.
  if (!short && count === 4) {
    await naive(made.folder, folder('naive'));
    await naive(clean.folder, folder('naive-clean'));
    theirs.push(...(await heard('naive', made, folder('naive'), folder('naive-clean'))));
  }
  const joins = made.speakers.reduce((sum, { lost }) => sum + 2 * lost.length, 0);
  const real = made.speakers.filter((speaker) => speaker.real).length;
  console.log(
    `\n${count} speakers (${real} real voices), ${seconds / 60} minutes, ${joins} edges of holes, by ffmpeg's ebur128`,
  );
  const titles = ['rendition', 'spread, LU', 'drift left, LU', 'LUFS', 'dBTP', 'pause floor, LUFS', 'clicks'];
  const rows = [...mine, ...theirs].map((each): Cell[] => [
    each.row,
    ...[each.spreadLu, each.driftLu, each.integratedLufs, each.truePeakDbtp, each.pauseFloorLufs].map(
      (figure) => rounded(figure),
    ),
    each.clicks,
  ]);
  console.log(formatTable(titles, rows));
  const people = mine[0]!.speakers.map(({ name, exclusiveSeconds }, index): Cell[] => {
    const { lufs } = made.speakers.find((speaker) => speaker.name === name)!;
    const heardAs = [...mine, ...theirs].map(({ speakers }) => speakers[index]!.lufs);
    return [name, rounded(exclusiveSeconds, 0), lufs, ...heardAs];
  });
  console.log(
    formatTable(
      ['speaker', 'alone, s', 'on the line', ...[...mine, ...theirs].map(({ row }) => row)],
      people,
    ),
  );
  return [
    ...mine.flatMap((each): Must[] => {
      const name = `${count} speakers, ${each.row}`;
      return [
        atMost(`${name}: spread, LU`, rounded(each.spreadLu), SPREAD_LU[count]),
        atMost(`${name}: off -19 LUFS, LU`, rounded(Math.abs(each.integratedLufs + 19)), 0.3),
        atMost(`${name}: true peak, dBTP`, each.truePeakDbtp, -1),
        atMost(`${name}: clicks`, each.clicks, 0),
        atMost(`${name}: pause floor, LUFS`, rounded(each.pauseFloorLufs), PAUSE_FLOOR_LUFS),
        // Too short a corpus has no two stretches of whoever drifts.
        ...(Number.isNaN(each.driftLu)
          ? []
          : [atMost(`${name}: drift left, LU`, rounded(each.driftLu), DRIFT_LEFT_LU)]),
      ];
    }),
    atMost(`${count} speakers: peak memory of the render, MB`, rounded(peakMb, 0), RSS_MB),
  ];
}

/** A window of 10 s of a session that was rendered before, its process included; so many places over the whole. */
async function windows(): Promise<Must[]> {
  const { folder: session } = await corpus({ cast: tenSpeakers, seconds });
  await ours(session, folder('ours'), options.preset);
  const took: number[] = [];
  for (let place = 0; place < 8; place += 1) {
    const fromUs = Math.round(((seconds - 10) / 7) * place * 1e6);
    const startMs = performance.now();
    await startWindow({
      ...{ sessionFolder: session, outputFolder: folder('window'), preset: options.preset },
      ...{ title: 'Bench', showTitle: 'Stagecast', author: 'Stagecast', ffmpegPath: 'ffmpeg' },
      ...{ ffprobePath: 'ffprobe', fromUs, toUs: fromUs + 10e6 },
    });
    took.push((performance.now() - startMs) / 1000);
  }
  console.log(`\n10 speakers, ${seconds / 60} minutes: seconds until a window of 10 s is there`);
  console.log(
    formatTable(
      ['process and all', 'median', 'worst'],
      [['', rounded(median(took)), rounded(Math.max(...took))]],
    ),
  );
  return [atMost('a window of 10 s: worst, s', rounded(Math.max(...took)), short ? 2 : 1)];
}

const PRESETS = path.join(import.meta.dirname, '../templates/presets');
/** A render takes presets from their folder alone; git ignores this one, and it goes with the bench. */
const OVERSHOOTING = `bench-overshooting-${process.pid}`;

/**
 * The preset with masters that reach full scale: each of its files misses its peak once and is made again, which is what an
 * encoder that overshoots costs.
 */
async function writeOvershooting(): Promise<void> {
  const preset = JSON.parse(await readFile(path.join(PRESETS, `${options.preset}.json`), 'utf8')) as {
    renditions: { ceilingDbtp: number }[];
  };
  for (const rendition of preset.renditions) rendition.ceilingDbtp = 0;
  await writeFile(path.join(PRESETS, `${OVERSHOOTING}.json`), JSON.stringify(preset));
}

/** What an earlier render kept would spare this one its analysis. */
const forgotten = (session: string) => rm(path.join(session, 'derived'), { recursive: true, force: true });

async function encodingsOf(output: string): Promise<number> {
  const report = JSON.parse(await readFile(path.join(output, 'report.json'), 'utf8')) as {
    renditions: { encodings: number }[];
  };
  return Math.max(...report.renditions.map((rendition) => rendition.encodings));
}

const DENOISED = 'ours, every track denoised';
const AGAIN = 'ours, files made again';

/** Rounds of all rows one after the other, so that what the machine does meanwhile meets each of them. */
async function speed(): Promise<Must[]> {
  const { folder: session } = await corpus({ cast: tenSpeakers, seconds });
  const { tracks } = await readSession(session);
  /** What is asked for is asked without; with it stands beside. */
  const plain: Edit = { tracks: tracks.map(({ number }) => ({ track: number, denoise: false })) };
  const all: Edit = { tracks: tracks.map(({ number }) => ({ track: number, denoise: true })) };
  const used: Record<'ours' | 'naive' | 'floor' | typeof DENOISED | typeof AGAIN, Usage[]> = {
    ...{ ours: [], naive: [], floor: [], [DENOISED]: [], [AGAIN]: [] },
  };
  await writeOvershooting();
  let [encodings, encodingsAgain] = [0, Infinity];
  for (let round = 0; round < rounds; round += 1) {
    await forgotten(session);
    used.ours.push(await ours(session, folder('ours'), options.preset, plain));
    encodings = Math.max(encodings, await encodingsOf(folder('ours')));
    used.naive.push(await naive(session, folder('naive')));
    const prepared = await prepareFloor(session, file(folder('ours'), 'm4a'), folder('prepared'));
    used.floor.push(await floor(prepared, folder('floor')));
    await forgotten(session);
    used[DENOISED].push(await ours(session, folder('denoised'), options.preset, all));
    await forgotten(session);
    used[AGAIN].push(await ours(session, folder('again'), OVERSHOOTING, plain));
    encodingsAgain = Math.min(encodingsAgain, await encodingsOf(folder('again')));
  }
  console.log(
    `\n10 speakers, ${seconds / 60} minutes to MP3 and M4A: seconds of user and system time / of wall time`,
  );
  const columns = Array.from({ length: rounds }, (_, round) => `round ${round + 1}`);
  const rows = Object.entries(used).map(([name, each]): Cell[] => [
    name,
    ...each.map(({ cpuSeconds, wallSeconds }) => `${cpuSeconds.toFixed(1)} / ${wallSeconds.toFixed(1)}`),
    rounded(median(each.map(({ cpuSeconds }) => cpuSeconds)), 1),
    rounded(median(each.map(({ wallSeconds }) => wallSeconds)), 1),
  ]);
  console.log(formatTable(['row', ...columns, 'CPU, median', 'wall, median'], rows));
  console.log(
    `Encodings of a rendition of ours until it was right: at most ${encodings}; of one made again ${encodingsAgain}.`,
  );
  /** The median of the rounds' own ratios: both sides of each were measured next to each other. */
  const ratio = (under: 'naive' | 'floor', figure: keyof Usage) =>
    rounded(median(used.ours.map((each, round) => each[figure] / used[under][round]![figure])));
  return [
    atMost('CPU: ours over naive', ratio('naive', 'cpuSeconds'), LIMITS.cpuToNaive),
    atMost('wall: ours over naive', ratio('naive', 'wallSeconds'), LIMITS.wallToNaive),
    atMost('CPU: ours over the floor', ratio('floor', 'cpuSeconds'), LIMITS.cpuToFloor),
    // Otherwise the row beside says nothing.
    atLeast('encodings of a file that is made again', encodingsAgain, 2),
  ];
}

const wants = (part: string) => options.only === undefined || options.only.includes(part);
try {
  const musts: Must[] = [];
  if (wants('quality')) for (const count of [4, 10] as const) musts.push(...(await quality(count)));
  if (wants('windows')) musts.push(...(await windows()));
  if (wants('speed')) musts.push(...(await speed()));
  if (options.only?.includes('memory')) musts.push(...(await memory(scratch, options.preset, short)));
  if (options.only?.includes('vast')) musts.push(...(await vast(scratch, options.preset, short)));
  reportMusts('mastering', musts);
} catch (error) {
  if (!(error instanceof EspeakMissingError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await rm(path.join(PRESETS, `${OVERSHOOTING}.json`), { force: true });
  await rm(scratch, { recursive: true, force: true });
}
