/**
 * `npm run bench:exports`: what a multitrack export costs beside one plain `ffmpeg -c:a flac` per track, as many at a time,
 * run turn by turn, median of three. `--short` is one round of ten speakers and five minutes, `--long` an hour of each cast.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os, { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readSession } from '../recorder/session/reader.ts';
import { inPool } from '../src/mastering/pool.ts';
import { fourSpeakers, tenSpeakers } from './mastering/cast.ts';
import { corpus } from './mastering/corpus.ts';
import { measured, sumOf, type Usage } from './mastering/usage.ts';
import { EspeakMissingError } from './mastering/voices.ts';
import { atMost, type Must, reportMusts } from './support/musts.ts';
import { formatTable, rounded } from './support/table.ts';

const { values: options } = parseArgs({
  options: { short: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
});
const seconds = options.long ? 3600 : options.short ? 300 : 600;
const casts = options.short ? [tenSpeakers] : [fourSpeakers, tenSpeakers];
const rounds = options.short ? 1 : 3;
/** Of CPU, ours over plain. */
const LIMIT = 1.1;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
const scratch = await mkdtemp(path.join(os.tmpdir(), 'stagecast-bench-'));
const MAIN = path.join(import.meta.dirname, '../src/main.ts');

/** The whole command, the start of both processes included. */
const ours = (session: string, format: string): Promise<Usage> =>
  measured([
    process.execPath,
    MAIN,
    'export',
    session,
    '--format',
    format,
    '--out',
    path.join(scratch, format),
  ]);

/** As many channels as ffmpeg finds in the file, two, or as many as a microphone has. */
async function plain(session: string, channels: readonly string[]): Promise<Usage> {
  const { tracks } = await readSession(session);
  const folder = path.join(scratch, 'plain');
  await mkdir(folder, { recursive: true });
  const startedMs = performance.now();
  const runs = await inPool(tracks, availableParallelism(), ({ number, opusPath }) => {
    const output = path.join(folder, `${number}.flac`);
    const quiet = ['-y', '-v', 'error', '-nostdin'];
    return measured(['ffmpeg', ...quiet, '-i', opusPath, ...channels, '-c:a', 'flac', output]);
  });
  return { ...sumOf(runs), wallSeconds: (performance.now() - startedMs) / 1000 };
}

const [OURS, PLAIN] = ['ours, FLAC', 'plain, FLAC'];
const musts: Must[] = [];
try {
  for (const cast of casts) {
    const { folder } = await corpus({ cast, seconds });
    const contenders: [string, () => Promise<Usage>][] = [
      [OURS, () => ours(folder, 'flac')],
      [PLAIN, () => plain(folder, [])],
      ['plain, FLAC, mono', () => plain(folder, ['-ac', '1'])],
      ['ours, WAV', () => ours(folder, 'wav')],
    ];
    const rows = new Map<string, Usage[]>();
    for (let round = 0; round < rounds; round += 1)
      for (const [name, work] of options.short ? contenders.slice(0, 2) : contenders)
        rows.set(name, [...(rows.get(name) ?? []), await work()]);
    const cpu = (name: string) => rows.get(name)!.map(({ cpuSeconds }) => cpuSeconds);
    const oursOver = (name: string) => median(cpu(OURS).map((own, round) => own / cpu(name)[round]!));
    console.log(`\n${cast.length} speakers, ${seconds / 60} minutes`);
    console.log(
      formatTable(
        ['row', 'CPU, s', 'wall, s', 'CPU, ours over it'],
        [...rows].map(([name, runs]) => [
          name,
          rounded(median(cpu(name))),
          rounded(median(runs.map(({ wallSeconds }) => wallSeconds))),
          rounded(oursOver(name)),
        ]),
      ),
    );
    musts.push(atMost(`${cast.length} speakers: CPU, ours / plain`, rounded(oursOver(PLAIN)), LIMIT));
  }
  reportMusts('exports', musts);
} catch (error) {
  if (!(error instanceof EspeakMissingError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
