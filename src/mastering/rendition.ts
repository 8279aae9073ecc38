/** One rendition: encoded, decoded again and measured, encoded anew while it misses its target. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import {
  correct,
  loudnessIsRight,
  MAX_ENCODINGS,
  peakIsRight,
  type EncodeLevel,
  type Target,
} from './correction.ts';
import { RenderError } from './errors.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import { encodeJob, MIME_TYPES, type EncodeOrder } from './ffmpeg-jobs.ts';
import { measureFile } from './measure.ts';
import type { RenderedFile, RenditionKind } from './request.ts';

/**
 * What an encoder takes off the level: LAME at a constant rate of 128 kb/s or less makes everything 0.4 to 0.5 dB softer
 * (docs/decisions/0004).
 */
const ENCODER_DROP_DB: Record<RenditionKind, number> = { mp3: 0.45, m4a: 0, opus: 0 };
/** A container may round to its own frames; more than this is a fault. */
const DURATION_TOLERANCE_US = 100_000;

export interface RenditionOrder extends Pick<
  EncodeOrder,
  'kind' | 'bitrateKbps' | 'channels' | 'metadataPath' | 'coverPath'
> {
  ceilingDbtp: number;
  target: Target;
  /** Raw samples limited to this ceiling, and the gain that brings them to their target: a limiter takes loudness along. */
  masterWith: (ceilingDbtp: number) => Promise<{ rawPath: string; trimDb: number }>;
  durationUs: number;
  chapters: number;
  output: string;
}

export interface VerifiedRendition {
  file: RenderedFile;
  encodings: number;
  rangeLu: number;
  loudnessIsRight: boolean;
  level: EncodeLevel;
}

/** Of the time that a rendition takes; the rest measures it. */
const ENCODING_SHARE = 0.65;

/** Throws RenderError `off-target` when a peak stays too high or the file is not what was asked for. */
export async function makeRendition(
  ffmpeg: FfmpegRunner,
  order: RenditionOrder,
  onShare: (share: number) => void,
): Promise<VerifiedRendition> {
  const shareOf = (seconds: number) => Math.min(1, (seconds * 1_000_000) / order.durationUs);
  let level: EncodeLevel = { ceilingDbtp: order.ceilingDbtp, trimDb: ENCODER_DROP_DB[order.kind] };
  for (let encodings = 1; ; encodings += 1) {
    const { rawPath, trimDb } = await order.masterWith(level.ceilingDbtp);
    await ffmpeg.run(encodeJob({ ...order, rawPath, trimDb: trimDb + level.trimDb }), (line) => {
      const seconds = encodedSeconds(line);
      if (seconds !== null) onShare(ENCODING_SHARE * shareOf(seconds));
    });
    const measured = await measureFile(ffmpeg, order.output, (line) => {
      const seconds = encodedSeconds(line);
      if (seconds !== null) onShare(ENCODING_SHARE + (1 - ENCODING_SHARE) * shareOf(seconds));
    });
    const next = correct(level, measured, order.target, encodings);
    if (next === null || encodings === MAX_ENCODINGS) {
      if (!peakIsRight(measured, order.target))
        throw new RenderError(
          'off-target',
          `The ${order.kind} peaks at ${measured.truePeakDbtp} dBTP after ${encodings} encodings.`,
        );
      const file = await describe(ffmpeg, order);
      return {
        file: {
          ...file,
          integratedLufs: measured.integratedLufs,
          truePeakDbtp: Math.max(-200, measured.truePeakDbtp),
        },
        encodings,
        rangeLu: measured.rangeLu,
        loudnessIsRight: loudnessIsRight(measured, order.target),
        level,
      };
    }
    level = next;
  }
}

/** Reads "size=    1kB time=00:01:02.34 bitrate=..." (fftools/ffmpeg.c, print_report). */
export function encodedSeconds(line: string): number | null {
  const time = /time=(\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(line);
  return time === null ? null : Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]);
}

async function describe(ffmpeg: FfmpegRunner, order: RenditionOrder) {
  const { kind, output, durationUs, chapters } = order;
  const probed = await ffmpeg.probe(output);
  const probedUs = Math.round((probed.format.duration ?? 0) * 1_000_000);
  if (Math.abs(probedUs - durationUs) > DURATION_TOLERANCE_US)
    throw new RenderError('off-target', `The ${kind} lasts ${probedUs} us instead of ${durationUs} us.`);
  if (probed.chapters.length !== chapters)
    throw new RenderError(
      'off-target',
      `The ${kind} has ${probed.chapters.length} chapters instead of ${chapters}.`,
    );
  const { size: bytes } = await stat(output);
  const hash = createHash('sha256');
  await pipeline(createReadStream(output), hash);
  return {
    kind,
    path: output,
    bytes,
    mimeType: MIME_TYPES[kind],
    sha256: hash.digest('hex'),
    durationUs: probedUs,
  };
}
