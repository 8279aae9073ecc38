/**
 * `npm run bench:publishing`: what a feed of thousands of episodes costs to build and after an edit, how fast feeds and audio
 * are served beside a bare handler and nginx, and what clients that stall cost. `--short` is CI's form: fewer rounds, and of
 * what takes its time alone the quickest, since CI does other things too.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { timeEdits } from './publishing/edits.ts';
import { AUDIO_BYTES, holdStalled, timeAudio, timeFeeds } from './publishing/serving.ts';
import { median, type Pair, type Rate, type ServerRate, WrkMissingError } from './publishing/wrk.ts';
import { atLeast, below, type Must, reportMusts } from './support/musts.ts';
import { type Cell, formatTable, rounded } from './support/table.ts';

const { values: options } = parseArgs({ options: { short: { type: 'boolean', default: false } } });
const EPISODES = 5_000;
const STALLED = 500;
const [builds, edits, rounds] = options.short ? [2, 4, 3] : [5, 20, 15];
const usual = (values: readonly number[]) => (options.short ? Math.min(...values) : median(values));

const scratch = await mkdtemp(path.join(os.tmpdir(), 'stagecast-bench-'));
const folder = (name: string) => path.join(scratch, name);
const print = (title: string, columns: readonly string[], rows: readonly (readonly Cell[])[]) =>
  console.log(`\n${title}\n${formatTable(columns, rows)}`);

interface Built {
  ms: number;
  cpuMs: number;
  peakMb: number;
  bytes: number;
  items: number;
}

async function built(): Promise<Must[]> {
  const file = path.join(import.meta.dirname, 'publishing/build-process.ts');
  const all: Built[] = [];
  for (let turn = 0; turn < builds; turn += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, [file, String(EPISODES)]);
    all.push(JSON.parse(stdout) as Built);
  }
  if (all.some(({ items }) => items !== EPISODES)) throw new Error('The feed is not whole');
  print(
    `A feed of ${EPISODES} episodes, built in a process of its own`,
    ['MB', 'ms', 'of CPU', 'peak above the start, MB'],
    all.map(({ bytes, ms, cpuMs, peakMb }) => [
      rounded(bytes / 1e6),
      ...[ms, cpuMs, peakMb].map((each) => rounded(each, 0)),
    ]),
  );
  return [
    // Of CPU, which is no less than the time it takes alone: it waits for nothing.
    below(`feed of ${EPISODES}: built, ms of CPU`, rounded(usual(all.map(({ cpuMs }) => cpuMs)), 0), 1000),
    below(`feed of ${EPISODES}: peak, MB`, rounded(Math.max(...all.map(({ peakMb }) => peakMb)), 0), 150),
  ];
}

async function edited(): Promise<Must[]> {
  const times = await timeEdits(folder('edits'), { episodes: EPISODES, edits });
  const { identityMs, encodedMs, wholeMs, cpuMs } = times;
  print(
    `After an edit in a show of ${EPISODES}: ${rounded(times.feedBytes / 1e6)} MB in one document, ms from its commit`,
    ['edit', 'document', 'of CPU till then', 'encodings', 'all pages'],
    identityMs.map((ms, edit) => [
      edit + 1,
      ...[ms, cpuMs[edit]!, encodedMs[edit]!, wholeMs[edit]!].map((each) => rounded(each, 0)),
    ]),
  );
  return [
    below('after an edit: document and ETag stand, ms', rounded(usual(identityMs), 0), 150),
    below('after an edit: encodings stand, ms', rounded(usual(encodedMs), 0), 1000),
  ];
}

const overTheirs = <M extends string>(pairs: readonly Pair<Rate & Record<M, number>>[], measure: M) =>
  rounded(median(pairs.map(({ ours, theirs }) => ours[measure] / theirs[measure])));
const rowOf = <M extends string>(
  name: string,
  pairs: readonly Pair<Rate & Record<M, number>>[],
  measure: M,
  unit: number,
): Cell[] => [
  name,
  rounded(median(pairs.map(({ ours }) => ours[measure])) / unit, 0),
  rounded(median(pairs.map(({ theirs }) => theirs[measure])) / unit, 0),
  overTheirs(pairs, measure),
];

async function feedsServed(): Promise<Must[]> {
  const { bytes, whole, unchanged } = await timeFeeds({ folder: folder('feeds'), rounds, seconds: 1 });
  const answers: [string, Pair<ServerRate>[]][] = [
    ['200', whole],
    ['304', unchanged],
  ];
  print(
    `The feed (${rounded(bytes / 1000, 0)} kB), asked for by 8 clients: answers a second, and a second of the server’s processor`,
    ['answer', 'of', 'ours', 'bare handler', 'median of the ratios'],
    answers.flatMap(([name, pairs]) => [
      rowOf(name, pairs, 'requestsPerSecond', 1).toSpliced(1, 0, 'time'),
      rowOf(name, pairs, 'requestsPerCpuSecond', 1).toSpliced(1, 0, 'processor'),
    ]),
  );
  // Alone on its processor a server answers as fast by the clock as by that; in CI it shares it with the client and others.
  return answers.flatMap(([name, pairs]) => [
    ...(options.short
      ? []
      : [atLeast(`feed, ${name}: ours / bare handler`, overTheirs(pairs, 'requestsPerSecond'), 0.8)]),
    atLeast(`feed, ${name}: of processor`, overTheirs(pairs, 'requestsPerCpuSecond'), 0.8),
  ]);
}

/** CI shares its processors with others and with the client: how we do beside nginx by the clock it cannot tell. */
async function audioServed(): Promise<Must[]> {
  const { whole, ranges } = await timeAudio({
    ...{ folder: folder('audio'), seconds: 1 },
    rounds: options.short ? 0 : rounds,
  });
  if (!options.short)
    print(
      `A file of ${AUDIO_BYTES / 1024 ** 2} MiB, asked for by 4 clients: MB a second`,
      ['asked for', 'ours', 'nginx, one worker', 'median of the ratios'],
      [
        rowOf('bytes=0-', whole, 'bytesPerSecond', 1e6),
        rowOf('ranges of 1 MiB', ranges, 'bytesPerSecond', 1e6),
      ],
    );
  const { beforeMb, peakMb, newClientMs } = await holdStalled(folder('audio'), STALLED);
  print(
    `${STALLED} clients that stall in the middle of it`,
    ['before, MB', 'peak, MB', 'a new client has 1 MiB after, ms'],
    [[rounded(beforeMb, 0), rounded(peakMb, 0), rounded(newClientMs, 0)]],
  );
  return [
    ...(options.short
      ? []
      : [
          atLeast('whole file: ours / nginx', overTheirs(whole, 'bytesPerSecond'), 0.5),
          atLeast('ranges of 1 MiB: ours / nginx', overTheirs(ranges, 'bytesPerSecond'), 0.3),
        ]),
    below(`${STALLED} stalled clients: resident, MB`, rounded(peakMb, 0), 400),
    below('beside them: a new client is served, ms', rounded(newClientMs, 0), 5000),
  ];
}

try {
  const musts: Must[] = [];
  for (const part of [built, edited, feedsServed, audioServed]) musts.push(...(await part()));
  reportMusts('publishing', musts);
} catch (error) {
  if (!(error instanceof WrkMissingError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
