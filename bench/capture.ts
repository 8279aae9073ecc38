/**
 * `npm run bench:capture`: what a packet costs our recorder, the library's own receiver, and the least that any receiver
 * must do; whether stalls lose packets; whether the end of one session stalls others; whether hours cost memory. `--short` is CI's form.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { growthAnHour } from './capture/memory.ts';
import type { MemoryReading, MemorySetting } from './capture/memory.ts';
import { run } from './capture/run.ts';
import type { RunResult } from './capture/run.ts';
import { sealBesideOthers } from './capture/seal.ts';
import type { Crowd, PathName } from './capture/setting.ts';
import { atLeast, atMost, reportMusts } from './support/musts.ts';
import type { Must } from './support/musts.ts';
import { formatTable, rounded } from './support/table.ts';

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    /** Only these parts: cost, stalls, seal, memory. */
    only: { type: 'string', multiple: true },
    /** Writes CPU profiles of the measured windows there. */
    profile: { type: 'string' },
  },
});
const { short } = options;

/**
 * What must hold (docs/decisions/0006-what-a-packet-costs.md has the measurements). The short form measures two seconds on a
 * machine that does other things too: it guards against a step back, and against ever being dearer than stock.
 */
const LIMITS = short
  ? { stockToOurs: 1.2, stockToOursDave: 1, oursToFloor: 2.5 }
  : { stockToOurs: 2.5, stockToOursDave: 1.8, oursToFloor: 1.6 };
const WANTED_BUFFER_BYTES = 4 * 1024 * 1024;
/** Half an hour is too short to tell growth from what is learned at the start, but not to see a packet kept. */
const GROWTH_MB_AN_HOUR = { heap: short ? 2 : 0.25, rss: 2 };

/** The kernel keeps packets meanwhile, but 100 speakers fill what it has in seconds, and each waits for its place. */
const SEAL_STALL_MS = short ? 200 : 100;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** Rounds of all paths one after the other, so that what the machine does meanwhile meets each of them. */
async function cost(title: string, crowd: Crowd, dave: boolean, paths: readonly PathName[]) {
  const rounds = 3;
  const results = new Map<PathName, RunResult[]>(paths.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of paths) {
      const result = await run({
        ...{ path: name, crowd, dave, profileFolder: options.profile },
        ...(short ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 3, seconds: 10 }),
      });
      results.get(name)!.push(result);
    }
  }
  const rows = [...results].map(([name, each]) => [
    name,
    ...each.map(({ usPerPacket }) => rounded(usPerPacket, 1)),
    rounded(median(each.map(({ usPerPacket }) => usPerPacket)), 1),
    Math.round(Math.max(...each.map(({ longestStallMs }) => longestStallMs))),
    each.reduce((lost, { sent, received }) => lost + sent - received, 0),
    each.reduce((lost, { received, onDisk }) => lost + received - onDisk, 0),
  ]);
  const columns = Array.from({ length: rounds }, (_, round) => `round ${round + 1}`);
  console.log(`\n${title}: CPU microseconds a packet, user and system, of the receiving process`);
  console.log(
    formatTable(['path', ...columns, 'median', 'longest stall, ms', 'not received', 'not on disk'], rows),
  );
  for (const { notes } of results.get('ours') ?? []) for (const note of notes) console.log(`  ours: ${note}`);
  /** The median of the rounds' own ratios: both sides of each were measured next to each other. */
  return (over: PathName, under: PathName): number =>
    rounded(
      median(
        results
          .get(over)!
          .map(({ usPerPacket }, round) => usPerPacket / results.get(under)![round]!.usPerPacket),
      ),
    );
}

async function costs(): Promise<Must[]> {
  const hundred = { channels: 1, speakers: 100 };
  const transport = await cost('100 speakers in a stage, 5,000 packets/s', hundred, false, [
    'floor',
    'stock',
    'ours',
  ]);
  const channels = short ? 4 : 10;
  const daveTitle = `${channels} voice channels of 10 speakers, DAVE, ${channels * 500} packets/s`;
  const dave = await cost(daveTitle, { channels, speakers: 10 }, true, ['stock', 'ours']);
  return [
    atLeast('transport: stock over ours', transport('stock', 'ours'), LIMITS.stockToOurs),
    atLeast('DAVE: stock over ours', dave('stock', 'ours'), LIMITS.stockToOursDave),
    atMost('transport: ours over the floor', transport('ours', 'floor'), LIMITS.oursToFloor),
  ];
}

/** 100 speakers while first the application stands still for two seconds, then the recorder for half a second. */
async function stalls(): Promise<Must[]> {
  const seconds = short ? 6 : 60;
  const warmUpSeconds = 1;
  const { sent, received, onDisk, notes, rssBytes, longestStallMs, stalledMs } = await run({
    ...{ path: 'ours', crowd: { channels: 1, speakers: 100 }, dave: false, warmUpSeconds, seconds },
    async meanwhile({ applicationPid, stallReceiver }) {
      await delay(seconds * 150);
      process.kill(applicationPid, 'SIGSTOP');
      await delay(2_000);
      process.kill(applicationPid, 'SIGCONT');
      await delay(seconds * 100);
      stallReceiver(500);
    },
  });
  const granted = notes.flatMap((note) => Number(/"grantedBytes":(\d+)/.exec(note)?.[1] ?? [])).at(-1) ?? 0;
  console.log(`\n100 speakers for ${seconds} s; the application stalls for 2 s, the recorder for 500 ms`);
  console.log(
    formatTable(
      ['sent', 'received', 'whole on disk', 'longest stall, ms', 'receive buffer', 'resident, MB'],
      [
        [
          sent,
          received,
          onDisk,
          Math.round(longestStallMs),
          `${granted} bytes granted`,
          rounded(rssBytes / 2 ** 20, 0),
        ],
      ],
    ),
  );
  const lost = sent - onDisk;
  const kept = atMost('stalls: packets received and not on the disk', received - onDisk, 0);
  if (granted >= WANTED_BUFFER_BYTES) return [kept, atMost('stalls: packets lost', lost, 0)];
  console.log(
    `The kernel granted ${granted} bytes where ${WANTED_BUFFER_BYTES} were asked for (net.core.rmem_max), so it had to drop ${lost} packets while nobody read.`,
  );
  // Then no more may be lost than was sent while the recorder stood still.
  const sentMeanwhile = Math.ceil((sent / (warmUpSeconds + seconds)) * (stalledMs / 1000));
  const name = `stalls: packets lost (NOT HELD TO 0: only ${granted} bytes of receive buffer were granted)`;
  return [kept, atMost(name, lost, sentMeanwhile)];
}

/** One of the recorder's sessions is sealed while others go on. */
async function seal(): Promise<Must[]> {
  const holes = short ? 20_000 : 50_000;
  const { sealMs, longestStallMs } = await sealBesideOthers(holes);
  console.log(`\nA session with ${holes} holes in its journal is sealed beside others`);
  console.log(
    formatTable(['sealed in, ms', 'longest stall, ms'], [[Math.round(sealMs), Math.round(longestStallMs)]]),
  );
  return [atMost('seal: longest stall of the recorder, ms', Math.round(longestStallMs), SEAL_STALL_MS)];
}

async function memory(): Promise<Must[]> {
  const folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'stagecast-bench-')), 'session');
  const setting: MemorySetting = short
    ? { folder, hours: 0.5, everyMinutes: 2 }
    : { folder, hours: 24, everyMinutes: 30 };
  const child = fork(path.join(import.meta.dirname, 'capture', 'memory-process.ts'), {
    execArgv: ['--expose-gc', '--no-warnings'],
  });
  child.send(setting);
  const [readings] = (await once(child, 'message')) as [MemoryReading[]];
  console.log(`\n${setting.hours} simulated hours of 4 speakers, after a forced collection`);
  const rows = readings.map(({ hour, heapMb, rssMb, packets }) => [
    rounded(hour),
    packets,
    rounded(heapMb),
    rounded(rssMb, 1),
  ]);
  console.log(formatTable(['hour', 'packets', 'heap, MB', 'resident, MB'], rows));
  const heap = rounded(growthAnHour(readings, 'heapMb'), 3);
  const rss = rounded(growthAnHour(readings, 'rssMb'), 3);
  console.log(`growth an hour: heap ${heap} MB, resident ${rss} MB`);
  const musts = [atMost('memory: growth of the heap, MB an hour', heap, GROWTH_MB_AN_HOUR.heap)];
  // In its first hour malloc still finds its size; only the long form says something about resident memory.
  return short
    ? musts
    : [...musts, atMost('memory: growth resident, MB an hour', rss, GROWTH_MB_AN_HOUR.rss)];
}

const parts = { cost: costs, stalls, seal, memory };
const musts: Must[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (options.only === undefined || options.only.includes(name)) musts.push(...(await part()));
}
reportMusts('capture', musts);
