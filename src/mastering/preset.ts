/** Mastering presets: files in `templates/presets`, checked when they are read. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { RenderError } from './errors.ts';
import { renditionKind } from './request.ts';

const PRESETS_FOLDER = path.join(import.meta.dirname, '../../templates/presets');

const gate = z.strictObject({
  depthDb: z.number().min(0).max(60),
  lookAheadMs: z.number().min(20).max(2000),
  holdMs: z.number().min(0).max(5000),
  attackMs: z.number().min(20).max(2000),
  releaseMs: z.number().min(20).max(5000),
});

const preset = z.strictObject({
  $comment: z.string().optional(),
  /** Two channels even when the show's sounds have one. */
  stereo: z.boolean().default(false),
  /** Integrated loudness of every rendition of one channel; two channels are 3 LU above. */
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
  /** What is done to each voice before it is leveled; a part that is missing is not done. Music is left as it is. */
  voice: z.strictObject({
    /** Rumble and hum of the mains below this are taken off. */
    highPassHz: z.number().min(20).max(200).optional(),
    denoise: z
      .strictObject({
        /** A voice less than this above its own noise is cleaned, others never. */
        belowSnrDb: z.number().min(0).max(60),
        reductionDb: z.number().min(1).max(40),
      })
      .optional(),
    deEsser: z
      .strictObject({
        aboveHz: z.number().min(2_000).max(12_000),
        /** Share of the whole that sharp sounds may have. */
        shareDb: z.number().min(-30).max(0),
        maxReductionDb: z.number().min(0).max(20),
        releaseMs: z.number().min(5).max(500),
      })
      .optional(),
    compressor: z
      .strictObject({
        /** Above the target loudness. */
        aboveTargetDb: z.number().min(-20).max(20),
        ratio: z.number().min(1).max(10),
        kneeDb: z.number().min(0.1).max(24),
        attackMs: z.number().min(1).max(200),
        releaseMs: z.number().min(10).max(2000),
      })
      .optional(),
  }),
  /** Turns a microphone down while its own speaker is silent. */
  gate,
  /** A show's intro, outro and bed. */
  furniture: z.strictObject({
    /** Beside the loudness of the voices. */
    introLu: z.number().min(-30).max(6),
    outroLu: z.number().min(-30).max(6),
    bedLu: z.number().min(-40).max(0),
    /** Intro and outro reach so far into the talk. */
    overlapMs: z.number().min(0).max(20_000),
    /** Turned down while somebody speaks. */
    ducking: gate,
  }),
  limiter: z.strictObject({
    lookAheadMs: z.number().min(1).max(20),
    releaseMs: z.number().min(10).max(1000),
  }),
  renditions: z
    .array(
      z.strictObject({
        kind: renditionKind,
        bitrateKbps: z.number().int().min(24).max(320),
        stereoBitrateKbps: z.number().int().min(32).max(320),
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
