import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readOpusPackets } from '../../recorder/ogg/reader.ts';
import {
  lines,
  markers,
  SCRIPT_END_MS,
  speakers,
  voiceFile,
  type ScriptedLine,
} from '../../src/demo/script.ts';

async function packetsOf(line: ScriptedLine): Promise<number[]> {
  const samples: number[] = [];
  for await (const packet of readOpusPackets(voiceFile(line))) samples.push(packet.samples);
  return samples;
}

const spans = await Promise.all(
  lines.map(async (line) => ({ ...line, endMs: line.startMs + (await packetsOf(line)).length * 20 })),
);

test('every line is a small Opus file of 20 ms packets', async () => {
  let bytes = 0;
  for (const line of lines) {
    bytes += (await stat(voiceFile(line))).size;
    const packets = await packetsOf(line);
    expect(packets.length).toBeGreaterThan(50);
    expect(new Set(packets)).toEqual(new Set([960]));
  }
  expect(bytes).toBeLessThan(600_000);
});

/** A spurt ends with five silence frames of 20 ms (docs, Voice Connections, "Voice Data Interpolation"). */
const SILENCE_MS = 100;

test('nobody speaks over themselves, silence frames included', () => {
  for (const { key } of speakers) {
    const own = spans.filter(({ speaker }) => speaker === key);
    own
      .slice(1)
      .forEach((line, index) => expect(line.startMs).toBeGreaterThan(own[index]!.endMs + SILENCE_MS));
  }
});

test('two lines run over the one before', () => {
  const pairs = spans.flatMap((one, index) => spans.slice(index + 1).map((other) => [one, other] as const));
  const overlapping = pairs.filter(([one, other]) => other.startMs < one.endMs && one.startMs < other.endMs);
  expect(overlapping).toHaveLength(2);
  for (const [one, other] of overlapping) expect(one.speaker).not.toBe(other.speaker);
});

test('everyone speaks, everything ends in time, and markers stand in order', () => {
  expect(new Set(lines.map(({ speaker }) => speaker))).toEqual(new Set(speakers.map(({ key }) => key)));
  expect(Math.max(...spans.map(({ endMs }) => endMs))).toBeLessThan(SCRIPT_END_MS);
  expect(SCRIPT_END_MS).toBeLessThan(50_000);
  expect(markers).toHaveLength(2);
  expect(markers[0]!.atMs).toBeLessThan(markers[1]!.atMs);
});
