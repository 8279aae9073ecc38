/**
 * `npm run bench:exports`: what a multitrack export costs beside one plain `ffmpeg -c:a flac` per track, run turn by turn,
 * median of three. `--short` is one round of three minutes, `--long` an hour.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readSession } from '../recorder/session/reader.ts';
import { fourSpeakers, tenSpeakers } from './mastering/cast.ts';
import { corpus } from './mastering/corpus.ts';
import { measured, sumOf, type Usage } from './mastering/usage.ts';
import { atMost, type Must, reportMusts } from './support/musts.ts';
import { formatTable, rounded } from './support/table.ts';

const { values: options } = parseArgs({
  options: { short: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
});
const seconds = options.short ? 180 : options.long ? 3600 : 600;
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
  const runs: Usage[] = [];
  for (const { number, opusPath } of tracks) {
    const output = path.join(folder, `${number}.flac`);
    runs.push(
      await measured([
        'ffmpeg',
        '-y',
        '-v',
        'error',
        '-nostdin',
        '-i',
        opusPath,
        ...channels,
        '-c:a',
        'flac',
        output,
      ]),
    );
  }
  return sumOf(runs);
}

const musts: Must[] = [];
try {
  for (const cast of [fourSpeakers, tenSpeakers]) {
    const { folder } = await corpus({ cast, seconds });
    const rows = new Map<string, Usage[]>();
    const run = async (name: string, work: () => Promise<Usage>) =>
      rows.set(name, [...(rows.get(name) ?? []), await work()]);
    for (let round = 0; round < rounds; round += 1) {
      await run('ours, FLAC', () => ours(folder, 'flac'));
      await run('plain, FLAC', () => plain(folder, []));
      await run('plain, FLAC, mono', () => plain(folder, ['-ac', '1']));
      await run('ours, WAV', () => ours(folder, 'wav'));
    }
    const cpu = (name: string) => rows.get(name)!.map(({ cpuSeconds }) => cpuSeconds);
    console.log(`\n${cast.length} speakers, ${seconds / 60} minutes`);
    console.log(
      formatTable(
        ['row', 'CPU, s', 'wall, s'],
        [...rows].map(([name, runs]) => [
          name,
          rounded(median(cpu(name))),
          rounded(median(runs.map(({ wallSeconds }) => wallSeconds))),
        ]),
      ),
    );
    for (const against of ['plain, FLAC', 'plain, FLAC, mono']) {
      const ratios = cpu('ours, FLAC').map((own, round) => own / cpu(against)[round]!);
      musts.push(atMost(`${cast.length} speakers: CPU, ours / ${against}`, rounded(median(ratios)), LIMIT));
    }
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
reportMusts('exports', musts);
