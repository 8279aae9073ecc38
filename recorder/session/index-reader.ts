/** The runs of a track as far as its file truly holds them, and the packets in them. */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { opusPacketSamples } from '../ogg/opus-packet.ts';
import { OggPageReader } from '../ogg/reader.ts';
import { decodeIndex } from './index-file.ts';
import type { PlacedPacket, Spurt } from './model.ts';

/** 48 kHz in microseconds. */
const SAMPLE_US = 125 / 6;

/**
 * The runs of an index. Records are written before the pages they speak of, so after a crash (or while the session
 * lives) the last ones may be ahead of the file: with `clip` they are cut to what is there.
 */
export async function readIndex(indexPath: string, opusPath: string, clip: boolean): Promise<Spurt[]> {
  const spurts = decodeIndex(await readIfThere(indexPath));
  if (!clip) return spurts;
  const file = await open(opusPath, 'r');
  try {
    const reader = new OggPageReader(file);
    const wholeBytes = await wholeUntil(reader, spurts);
    const kept = spurts.filter(({ byteOffset }) => byteOffset < wholeBytes);
    const last = kept.pop();
    if (last === undefined) return kept;
    const packets = (await readSpurt(reader, last)).length;
    const share = packets / last.packets;
    const endUs = Math.round(last.startUs + (last.endUs - last.startUs) * share);
    return [...kept, { ...last, packets, endUs }];
  } finally {
    await file.close();
  }
}

/**
 * Older pages than this have been brought to the disk by many syncs. A power cut may have kept younger ones without those
 * before them, because a disk writes in any order.
 */
const SYNCED_US = 60_000_000;

/** Where the pages end that follow each other without a hole. */
async function wholeUntil(reader: OggPageReader, spurts: readonly Spurt[]): Promise<number> {
  const lastUs = spurts.at(-1)?.endUs ?? 0;
  const young = spurts.find(({ endUs }) => endUs > lastUs - SYNCED_US);
  if (young === undefined) return 0;
  let wholeBytes = young.byteOffset;
  reader.seek(young.byteOffset);
  for (let next = await reader.next(); next !== null; next = await reader.next())
    wholeBytes = next.byteOffset + next.page.bytes;
  return wholeBytes;
}

/** A power cut may have kept the track and not its index, which can be made again. */
async function readIfThere(indexPath: string): Promise<Buffer> {
  return readFile(indexPath).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
}

/** The packets of the given runs, each at its place; the file is read only where there are runs. */
export async function* readSpurts(opusPath: string, spurts: readonly Spurt[]): AsyncGenerator<PlacedPacket> {
  if (spurts.length === 0) return;
  const file: FileHandle = await open(opusPath, 'r');
  try {
    const reader = new OggPageReader(file);
    for (const [index, spurt] of spurts.entries())
      yield* place(spurt, await readRun(reader, spurt, spurts[index + 1]?.byteOffset ?? Infinity));
  } finally {
    await file.close();
  }
}

/** The packets of one run, fewer when the file ends early. */
async function readSpurt(reader: OggPageReader, spurt: Spurt): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  reader.seek(spurt.byteOffset);
  while (packets.length < spurt.packets) {
    const next = await reader.next();
    if (next === null) break;
    packets.push(...next.page.packets.slice(0, spurt.packets - packets.length));
  }
  return packets;
}

interface Run {
  packets: { opus: Uint8Array; samples: number; samplesBefore: number }[];
  /** Of the whole run, with what is missing in the file. */
  samples: number;
}

/** A page is at most this much shorter than the run that it ends: half the grid that files are aligned to. */
const GRID_SLACK_SAMPLES = 60;

/** The packets of one run. What is damaged in the file is a hole in it, and what follows the hole keeps its place. */
async function readRun(reader: OggPageReader, spurt: Spurt, untilOffset: number): Promise<Run> {
  const nominalSamples = (spurt.endUs - spurt.startUs) / SAMPLE_US;
  const packets: Run['packets'] = [];
  let startGranule: number | undefined;
  let damaged = false;
  let samples = 0;
  reader.seek(spurt.byteOffset);
  while (packets.length < spurt.packets && !(damaged && samples >= nominalSamples - GRID_SLACK_SAMPLES)) {
    const whole = await reader.next();
    damaged ||= whole === null;
    const next = whole ?? (await reader.nextAfterDamage(untilOffset));
    if (next === null || (damaged && next.byteOffset >= untilOffset)) break;
    const { page } = next;
    const lengths = page.packets.map((packet) => opusPacketSamples(packet) ?? 0);
    const pageStart = page.granule - lengths.reduce((sum, each) => sum + each, 0);
    startGranule ??= damaged ? Math.round(spurt.startUs / SAMPLE_US) : pageStart;
    if (damaged) samples = Math.max(samples, pageStart - startGranule);
    for (const [index, opus] of page.packets.slice(0, spurt.packets - packets.length).entries()) {
      packets.push({ opus, samples: lengths[index]!, samplesBefore: samples });
      samples += lengths[index]!;
    }
  }
  const read = packets.reduce((sum, packet) => sum + packet.samples, 0);
  return { packets, samples: damaged ? (read / packets.length) * spurt.packets : read };
}

/** Spreads a run between its two points: its audio is as long as the packets say, its clock as fast as the points say. */
function* place(spurt: Spurt, { packets, samples: inAll }: Run): Generator<PlacedPacket> {
  const usPerSample = (spurt.endUs - spurt.startUs) / inAll;
  for (const { opus, samples, samplesBefore } of packets)
    yield { startUs: spurt.startUs + samplesBefore * usPerSample, durationUs: samples * SAMPLE_US, opus };
}
