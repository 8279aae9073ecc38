/**
 * Sessions to master, with their truth: made once, written through the recorder's own session writer, and kept below the
 * system's temporary folder under a hash of all that went into them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readOpusPackets } from '../../recorder/ogg/reader.ts';
import { SAMPLE_RATE_HZ, usAt } from '../../src/mastering/session-clock.ts';
import { seededRandom } from '../../tests/recorder/support/network.ts';
import { type SampleSpeaker, writeSampleSession } from '../../tests/recorder/support/sample-session.ts';
import type { CastMember } from './cast.ts';
import { createLine, openIntervals, type Part } from './line.ts';
import { type Interval, schedule } from './schedule.ts';
import { type Clips, clipsOf, espeakVersion, realFiles } from './voices.ts';

export interface SpeakerTruth {
  name: string;
  userId: string;
  real: boolean;
  /** Loudness of their voice before drift, measured. */
  lufs: number;
  drifts: boolean;
  /** Where they speak, in samples of the session. */
  speech: Interval[];
  /** Where a lost packet would have been. */
  lost: Interval[];
}
export interface Corpus {
  folder: string;
  seconds: number;
  speakers: SpeakerTruth[];
}
export interface CorpusOrder {
  cast: readonly CastMember[];
  seconds: number;
  /** Without loss: the same audio without a join, to find clicks against. */
  lossless?: boolean;
}

const PACKET_SAMPLES = 960;

export async function corpus(order: CorpusOrder): Promise<Corpus> {
  const kept = path.join(tmpdir(), 'stagecast-bench-mastering', await fingerprint(order));
  const truthPath = path.join(kept, 'truth.json');
  if (!existsSync(truthPath)) {
    await mkdir(path.dirname(kept), { recursive: true });
    const made = await mkdtemp(`${kept}.`);
    try {
      const truth = await make(order, made);
      await writeFile(path.join(made, 'truth.json'), JSON.stringify(truth));
      await rename(made, kept);
    } catch (error) {
      await rm(made, { recursive: true, force: true });
      if (!existsSync(truthPath)) throw error;
    }
  }
  const speakers = JSON.parse(readFileSync(truthPath, 'utf8')) as SpeakerTruth[];
  return { folder: path.join(kept, 'session'), seconds: order.seconds, speakers };
}

/** Of the order, the programs, the voices and the code that makes it. */
async function fingerprint(order: CorpusOrder): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(order));
  hash.update(espeakVersion());
  hash.update(spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '');
  for (const file of order.cast.flatMap(realFiles)) hash.update(await readFile(file));
  for (const file of (await readdir(import.meta.dirname)).sort())
    if (['cast.ts', 'corpus.ts', 'line.ts', 'schedule.ts', 'voices.ts'].includes(file))
      hash.update(await readFile(path.join(import.meta.dirname, file)));
  return hash.digest('hex').slice(0, 16);
}

async function make(
  { cast, seconds, lossless = false }: CorpusOrder,
  folder: string,
): Promise<SpeakerTruth[]> {
  const voices: Clips[] = [];
  for (const member of cast) voices.push(await clipsOf(member));
  const said = schedule(voices, seconds, seededRandom(cast.length));
  const parts = cast.map((member, index): Part => ({
    ...{ member, clips: voices[index]!.clips, utterances: said[index]!, lufs: voices[index]!.lufs },
  }));
  const totalSamples = seconds * SAMPLE_RATE_HZ;
  const speakers: SampleSpeaker[] = [];
  const truth: SpeakerTruth[] = [];
  for (const [index, { member, utterances, lufs }] of parts.entries()) {
    const intervals = openIntervals(parts[index]!, totalSamples);
    const packets = await encode(createLine(parts, index), intervals, path.join(folder, 'line.opus'));
    const chance = seededRandom(index + 101);
    const lostPackets = new Set(packets.flatMap((_, number) => (chance() < member.loss ? [number] : [])));
    if (lossless) lostPackets.clear();
    const userId = `${index + 1}`;
    let next = 0;
    const lost: Interval[] = [];
    const spurts = intervals.map(([from, to]) => {
      const first = next;
      next += (to - from) / PACKET_SAMPLES;
      for (let number = first; number < next; number += 1) {
        const at = from + (number - first) * PACKET_SAMPLES - PRE_SKIP;
        if (lostPackets.has(number)) lost.push([at, at + PACKET_SAMPLES]);
      }
      return { startUs: usAt(from), packets: packets.slice(first, next) };
    });
    speakers.push({ userId, displayName: member.name, spurts, lose: (number) => lostPackets.has(number) });
    const speech = utterances.map(({ from, to }): Interval => [from, to]);
    const { real } = voices[index]!;
    truth.push({ name: member.name, userId, real, lufs, drifts: member.driftDb !== undefined, speech, lost });
  }
  await rm(path.join(folder, 'line.opus'));
  await writeSampleSession(path.join(folder, 'session'), { speakers, durationUs: seconds * 1_000_000 });
  return truth;
}

/** libopus codes a sample 312 samples late (RFC 7845 section 5.1: pre-skip). */
const PRE_SKIP = 312;

/** The open intervals one after the other, as a client's encoder gets them. */
async function encode(
  line: (from: number, to: number) => Float32Array,
  intervals: readonly Interval[],
  file: string,
): Promise<Uint8Array[]> {
  const codec = ['-c:a', 'libopus', '-application', 'voip', '-frame_duration', '20', '-b:a', '64k'];
  const input = ['-f', 'f32le', '-ar', '48000', '-ac', '1', '-i', '-'];
  const quick = [
    '-compression_level',
    '5',
    '-map_metadata',
    '-1',
    '-fflags',
    '+bitexact',
    '-flags:a',
    '+bitexact',
  ];
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-y', ...input, ...codec, ...quick, file], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = once(ffmpeg, 'close');
  let total = 0;
  for (const [from, to] of intervals) {
    for (let at = from; at < to; at += SAMPLE_RATE_HZ) {
      const samples = line(at, Math.min(to, at + SAMPLE_RATE_HZ));
      if (!ffmpeg.stdin.write(Buffer.from(samples.buffer))) await once(ffmpeg.stdin, 'drain');
    }
    total += (to - from) / PACKET_SAMPLES;
  }
  ffmpeg.stdin.end();
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg could not encode a line (exit code ${String(code)})`);
  const packets: Uint8Array[] = [];
  for await (const { opus } of readOpusPackets(file)) packets.push(opus);
  return packets.slice(0, total);
}
