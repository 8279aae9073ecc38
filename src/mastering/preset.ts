/** Mastering presets: files in `templates/presets`, checked when they are read. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { RenderError } from './errors.ts';
import { renditionKind } from './request.ts';

const PRESETS_FOLDER = path.join(import.meta.dirname, '../../templates/presets');

const preset = z.strictObject({
  $comment: z.string().optional(),
  /** Integrated loudness of every rendition, one channel. */
  targetLufs: z.number().min(-36).max(-9),
  /** How far a rendition may be off before it is encoded again. */
  toleranceLu: z.number().min(0.1).max(2),
  /** Highest true peak of a decoded rendition. */
  truePeakDbtp: z.number().min(-9).max(0),
  /** Limits of the gain of one speaker. */
  speaker: z.strictObject({
    minGainDb: z.number().max(0),
    maxGainDb: z.number().min(0).max(40),
    /** How far the gain follows a level that wanders. */
    followDb: z.number().min(0).max(12),
  }),
  /** Turns a microphone down while its own speaker is silent. */
  gate: z.strictObject({
    depthDb: z.number().min(0).max(60),
    lookAheadMs: z.number().min(20).max(500),
    holdMs: z.number().min(0).max(2000),
    attackMs: z.number().min(20).max(500),
    releaseMs: z.number().min(20).max(2000),
  }),
  limiter: z.strictObject({
    lookAheadMs: z.number().min(1).max(20),
    releaseMs: z.number().min(10).max(1000),
  }),
  renditions: z
    .array(
      z.strictObject({
        kind: renditionKind,
        bitrateKbps: z.number().int().min(32).max(320),
        /** Ceiling of the master that is encoded: lossy codecs add peaks of their own. */
        ceilingDbtp: z.number().min(-12).max(0),
      }),
    )
    .min(1),
});
export type Preset = z.infer<typeof preset>;

/** Throws RenderError `unknown-preset` with what is wrong and where. */
export async function readPreset(name: string, folder = PRESETS_FOLDER): Promise<Preset> {
  const file = path.join(folder, `${name}.json`);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new RenderError('unknown-preset', `There is no mastering preset "${name}" (${file}).`, { cause });
  }
  return parsePreset(name, text);
}

export function parsePreset(name: string, text: string): Preset {
  try {
    return preset.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new RenderError('unknown-preset', `The mastering preset "${name}" cannot be used:\n${why}`, {
      cause,
    });
  }
}
