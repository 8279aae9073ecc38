/**
 * What is kept of the analysis of a track, so that a later render need not measure it again: its levels as recorded and as
 * cleaned. At most a quarter of a megabyte for an hour of a speaker. Pure.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Levels } from '../levels.ts';

const header = z.object({
  /** By which it was measured and cleaned. */
  engine: z.string(),
  /** Of the recorded file: another size is another recording. */
  trackBytes: z.number(),
  packets: z.number(),
  missingSamples: z.number(),
  stereo: z.boolean(),
  channels: z.union([z.literal(1), z.literal(2)]),
  frames: z.number(),
  cleaned: z.object({ key: z.string(), denoised: z.boolean() }).optional(),
});

export interface TrackAnalysis {
  engine: string;
  trackBytes: number;
  packets: number;
  missingSamples: number;
  /** Whether it was sent in two channels, and in how many it was measured. */
  stereo: boolean;
  channels: 1 | 2;
  /** By frame of 20 ms, as recorded. */
  levels: Levels;
  /** The same after cleaning; `key` names everything that cleaning depends on. */
  cleaned?: { key: string; denoised: boolean; levels: Levels } | undefined;
}

export function encodeAnalysis({ levels, cleaned, ...figures }: TrackAnalysis): Buffer {
  const described = {
    ...{ ...figures, frames: levels.length },
    ...(cleaned && { cleaned: { key: cleaned.key, denoised: cleaned.denoised } }),
  };
  const text = Buffer.from(`${JSON.stringify(described)}\n`);
  // Cleaning changes a level by a few codes: the difference takes a fraction of the room.
  const changes = cleaned?.levels.map((code, frame) => code - levels[frame]!) ?? new Uint8Array(0);
  return Buffer.concat([text, deflateRawSync(Buffer.concat([levels, changes]))]);
}

/** Undefined for what is no analysis, or was cut short. */
export function parseAnalysis(file: Buffer): TrackAnalysis | undefined {
  try {
    const end = file.indexOf(0x0a);
    const { frames, cleaned, ...figures } = header.parse(JSON.parse(file.toString('utf8', 0, end)));
    const codes = new Uint8Array(inflateRawSync(file.subarray(end + 1)));
    if (codes.length !== frames * (cleaned === undefined ? 1 : 2)) return undefined;
    const levels = codes.slice(0, frames);
    const after = codes.slice(frames);
    for (let frame = 0; frame < after.length; frame += 1) after[frame]! += levels[frame]!;
    return {
      ...{ ...figures, levels },
      cleaned: cleaned && { ...cleaned, levels: after },
    };
  } catch {
    return undefined;
  }
}
