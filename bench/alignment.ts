/**
 * How far packets stand from where they were spoken: conversations over bad networks, played into the real writer on a
 * clock of their own and read back from the folder. `--short` is two minutes instead of thirty; `--seed 7` another talk.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readSession } from '../recorder/session/reader.ts';
import {
  arrivals,
  type Conditions,
  conversation,
  seededRandom,
  send,
  type SentPacket,
} from '../tests/recorder/support/network.ts';
import { placementErrors, type Spread, spread, startRecording } from '../tests/recorder/support/recording.ts';
import { atMost, below, type Must, reportMusts } from './support/musts.ts';
import { type Cell, formatTable, rounded } from './support/table.ts';

const SENDERS = [
  { timestamps: 'runOn', name: 'client', sdMs: 1, worstMs: 5 },
  { timestamps: 'perPacket', name: 'bot', sdMs: 3, worstMs: 20 },
] as const;
const NETWORKS = [
  { loss: 0, jitterUs: 0 },
  { loss: 0, jitterUs: 5000 },
  { loss: 0.01, jitterUs: 5000 },
  { loss: 0.03, jitterUs: 15_000 },
];
/** One speaker each. */
const DRIFTS_PPM = [-60, -20, 20, 60];
const FILE_LIMIT_MS = 2.5;

interface Placed {
  /** Of all speakers, each speaker's mean removed; milliseconds. */
  index: Spread;
  /** Furthest that a packet stands in the file from where the index has it. */
  fileMs: number;
  packets: number;
  /** Came, and is in no track. */
  missing: number;
}

async function measure(
  conditions: Omit<Conditions, 'driftPpm'>,
  durationUs: number,
  seed: number,
): Promise<Placed> {
  const random = seededRandom(seed);
  const speakers = DRIFTS_PPM.map((driftPpm, number): SentPacket[] => {
    const spurts = conversation(durationUs, random);
    const talk = {
      spurts,
      userId: String(number + 1),
      ssrc: 1000 + number,
      // Both counters wrap on the way.
      sequence: Math.floor(random() * 2 ** 16),
      timestamp: Math.floor(2 ** 32 - random() * durationUs * 0.048),
      silenceFrames: 5,
    };
    return send(talk, { ...conditions, driftPpm }, random);
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'stagecast-bench-'));
  try {
    const recording = startRecording(path.join(folder, 'session'));
    recording.play(arrivals(speakers.flat(), conditions, random));
    recording.until(durationUs + 1e6);
    await recording.seal();
    const { tracks } = await readSession(recording.writer.folder);
    const indexMs: number[] = [];
    let fileMs = 0;
    let missing = 0;
    for (const [number, sent] of speakers.entries()) {
      const track = tracks.find(({ userId }) => userId === String(number + 1))!;
      const errors = await placementErrors(track, sent);
      const { mean } = spread(errors.map(({ indexUs }) => indexUs));
      for (const error of errors) {
        indexMs.push((error.indexUs - mean) / 1000);
        fileMs = Math.max(fileMs, Math.abs(error.fileUs) / 1000);
      }
      missing += sent.filter(({ lost }) => !lost).length - track.packets;
    }
    return { index: spread(indexMs), fileMs, packets: indexMs.length, missing };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
});
const minutes = values.short ? 2 : 30;
console.log(
  `${minutes} simulated minutes, ${DRIFTS_PPM.length} speakers at ${DRIFTS_PPM.join(', ')} ppm, seed ${values.seed}; ` +
    'milliseconds, index against truth, constant offset per speaker removed',
);
const rows: Cell[][] = [];
const musts: Must[] = [];
for (const { timestamps, name, sdMs, worstMs } of SENDERS) {
  for (const network of NETWORKS) {
    const conditions = { ...network, timestamps, duplicates: 0.01 };
    const { index, fileMs, packets, missing } = await measure(
      conditions,
      minutes * 60e6,
      Number(values.seed),
    );
    const label = `${network.loss * 100} % / ${network.jitterUs / 1000} ms`;
    const { sd, p5, p95, worst } = index;
    rows.push([
      name,
      label,
      ...[sd, p5, p95, worst, fileMs].map((each) => rounded(each, 3)),
      packets,
      missing,
    ]);
    musts.push(
      below(`${name}, ${label}: sd, ms`, rounded(sd, 3), sdMs),
      below(`${name}, ${label}: worst, ms`, rounded(worst, 3), worstMs),
      atMost(`${name}, ${label}: file from index, ms`, rounded(fileMs, 3), FILE_LIMIT_MS),
    );
  }
}
console.log(
  formatTable(['sender', 'loss / jitter', 'sd', 'p5', 'p95', 'worst', 'file', 'packets', 'missing'], rows),
);
reportMusts('alignment', musts);
