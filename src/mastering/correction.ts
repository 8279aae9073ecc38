/** What to change when a measured rendition misses its target. Pure. */
import type { Measurement } from './measure.ts';

export interface Target {
  /** Null when there is too little speech for a loudness target. */
  lufs: number | null;
  toleranceLu: number;
  truePeakDbtp: number;
}

/**
 * How a rendition is encoded: the limiter's ceiling of its master, and a gain before the encoder, beyond what brings that
 * master to its target.
 */
export interface EncodeLevel {
  ceilingDbtp: number;
  trimDb: number;
}

/** Encodings of one rendition: the first, then this many corrections. */
export const MAX_ENCODINGS = 4;
/** ebur128 prints one decimal: what is measured as right may be this much off. */
const METER_STEP_DB = 0.1;
/** Taken off beyond the excess: a codec's peaks move with every change of level (docs/decisions/0004). */
const PEAK_MARGIN_DB = 0.4;

export const loudnessIsRight = ({ integratedLufs }: Measurement, { lufs, toleranceLu }: Target): boolean =>
  lufs === null || Math.abs(integratedLufs - lufs) <= toleranceLu;

export const peakIsRight = ({ truePeakDbtp }: Measurement, target: Target): boolean =>
  truePeakDbtp <= target.truePeakDbtp;

/**
 * The next level to try, or null when the rendition is right. A peak too high lowers the ceiling, so that loudness stays;
 * the last correction takes it off the whole instead, because a peak that clips is worse than a tenth less loudness.
 */
export function correct(
  level: EncodeLevel,
  measured: Measurement,
  target: Target,
  encodings: number,
): EncodeLevel | null {
  const loud = loudnessIsRight(measured, target);
  const peaky = !peakIsRight(measured, target);
  if (loud && !peaky) return null;
  const trimDb =
    loud || target.lufs === null ? level.trimDb : level.trimDb + target.lufs - measured.integratedLufs;
  if (!peaky) return { ...level, trimDb };
  const excessDb = measured.truePeakDbtp - target.truePeakDbtp + METER_STEP_DB;
  if (encodings >= MAX_ENCODINGS - 1 || target.lufs === null)
    return { ...level, trimDb: Math.min(trimDb, level.trimDb) - excessDb };
  // What the meter prints is a tenth; the rest is rounding, and two ceilings that mean the same are one master.
  return { ceilingDbtp: Number((level.ceilingDbtp - excessDb - PEAK_MARGIN_DB).toFixed(2)), trimDb };
}
