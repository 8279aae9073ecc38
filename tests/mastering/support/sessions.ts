/** Session folders to render, from the voices of the demo and from made sounds. */
import path from 'node:path';
import { readOpusPackets } from '../../../recorder/ogg/reader.ts';
import type { RenderRequest } from '../../../src/mastering/index.ts';
import { createFfmpegRunner } from '../../../src/mastering/ffmpeg.ts';
import { ffmpegForTest, temporaryFolder, toolPaths } from './signals.ts';

export async function packetsOf(file: string): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  for await (const { opus } of readOpusPackets(file)) packets.push(opus);
  return packets;
}

/** Opus packets of 20 ms out of an expression of ffmpeg's `aevalsrc`; outside a test with a folder of its own. */
export async function packetsFrom(
  expression: string,
  seconds: number,
  folder?: string,
): Promise<Uint8Array[]> {
  const file = path.join(folder ?? (await temporaryFolder()), 'made.opus');
  const ffmpeg = folder === undefined ? ffmpegForTest() : createFfmpegRunner(toolPaths);
  await ffmpeg.run({
    inputs: [{ options: ['-f', 'lavfi'], path: `aevalsrc='${expression}':s=48000:d=${seconds}` }],
    options: ['-c:a', 'libopus', '-application', 'audio', '-b:a', '64k', '-frame_duration', '20'],
    output: file,
  });
  return packetsOf(file);
}

export async function requestFor(
  sessionFolder: string,
  changes: Partial<RenderRequest> = {},
): Promise<RenderRequest> {
  return {
    sessionFolder,
    outputFolder: path.join(await temporaryFolder(), 'out'),
    preset: 'speech',
    title: 'How a talk becomes a podcast',
    showTitle: 'Open Stage',
    author: 'Inès Moreau',
    ...toolPaths,
    ...changes,
  };
}
