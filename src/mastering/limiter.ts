/** A look-ahead limiter on true peaks, one gain for all channels. Its gain is worked out per millisecond on a fixed grid, whatever pieces it is fed. */
import { decibels } from './gains.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';
import { TRUE_PEAK_REACH, truePeak } from './true-peak.ts';

/** One gain per millisecond, joined by straight lines. */
const STEP = SAMPLE_RATE_HZ / 1000;
/**
 * Below this share of the ceiling nothing between the samples reaches it: 3 dB is what a full tone at a quarter of the rate
 * peaks above its samples; only noise at the edge of the band could do more, and every rendition is measured anyway.
 */
const WORTH_LOOKING = 0.7;

export interface LimiterSettings {
  channels: number;
  /** Highest true peak let through, as an amplitude. */
  ceiling: number;
  lookAheadMs: number;
  /** Time constant of the return to full gain. */
  releaseMs: number;
}

export interface Limiter {
  /** Takes a piece, an array per channel, and answers what can be said for certain by now: it lags by the look-ahead. */
  process: (piece: readonly Float32Array[]) => Float32Array[];
  /** The rest. In all, as many samples come out as went in. */
  flush: () => Float32Array[];
  /** Share of milliseconds that were turned down, and the deepest reduction, in dB (0 or below). */
  summary: () => { share: number; maxReductionDb: number };
}

export function createLimiter({ channels, ceiling, lookAheadMs, releaseMs }: LimiterSettings): Limiter {
  const ahead = Math.max(1, Math.round(lookAheadMs));
  const release = 1 - Math.exp(-1 / releaseMs);
  // Samples kept: those the peak filter looks back to, those not yet answered, those just come. In arrays that stay.
  let kept = Array.from({ length: channels }, () => new Float32Array(2 * SAMPLE_RATE_HZ));
  let keptFrom = -TRUE_PEAK_REACH;
  let keptLength = TRUE_PEAK_REACH;
  let received = 0;
  /** Steps measured and answered so far; `wanted[0]` belongs to step `measured - wanted.length`. */
  let measured = 0;
  let answered = 0;
  const wanted: number[] = [];
  let current = 1;
  /** The last `ahead` gains after release; their mean is the gain at the start of a step. */
  const recent = new Float64Array(ahead).fill(1);
  let newest = 0;
  let startGain = 1;
  let reducedSteps = 0;
  let lowest = 1;

  /** Gain at the end of a step: low enough for it and its neighbours, since every gain averaged here saw them coming. */
  const gainAfter = (step: number): number => {
    let low = 1;
    const first = step - oldest();
    const end = Math.min(wanted.length, first + ahead + 2);
    for (let near = Math.max(0, first); near < end; near += 1) low = Math.min(low, wanted[near]!);
    current = Math.min(low, current + (1 - current) * release);
    newest = (newest + 1) % ahead;
    recent[newest] = current;
    let sum = 0;
    for (let each = 0; each < ahead; each += 1) sum += recent[each]!;
    return sum / ahead;
  };
  const oldest = () => measured - wanted.length;

  const measureSteps = (upTo: number) => {
    for (; (measured + 1) * STEP + TRUE_PEAK_REACH <= upTo; measured += 1) {
      const from = measured * STEP - keptFrom;
      let peak = 0;
      for (const plane of kept)
        peak = Math.max(peak, truePeak(plane, from, from + STEP, ceiling * WORTH_LOOKING));
      wanted.push(peak > ceiling ? ceiling / peak : 1);
    }
  };
  const answerSteps = (upTo: number): Float32Array[] => {
    // A loud first step finds the gain already down, as if silence had come before it.
    if (answered === 0 && upTo > 0) for (let step = -ahead; step < 0; step += 1) startGain = gainAfter(step);
    const first = answered * STEP;
    const output = kept.map((plane) =>
      plane.slice(first - keptFrom, Math.max(first, upTo * STEP) - keptFrom),
    );
    for (; answered < upTo; answered += 1) {
      const endGain = gainAfter(answered);
      const offset = answered * STEP - first;
      const slope = (endGain - startGain) / STEP;
      if (startGain < 1 || endGain < 1)
        for (const plane of output)
          for (let at = 0; at < STEP; at += 1) plane[offset + at]! *= startGain + slope * at;
      if (Math.min(startGain, endGain) < 0.999) reducedSteps += 1;
      lowest = Math.min(lowest, startGain, endGain);
      startGain = endGain;
    }
    forget();
    return output;
  };
  const forget = () => {
    const from = answered * STEP - TRUE_PEAK_REACH;
    for (const plane of kept) plane.copyWithin(0, from - keptFrom, keptLength);
    keptLength -= from - keptFrom;
    keptFrom = from;
    wanted.splice(0, Math.max(0, answered - oldest()));
  };
  const append = (piece: readonly Float32Array[]) => {
    const length = keptLength + piece[0]!.length;
    if (length > kept[0]!.length)
      kept = kept.map((plane) => {
        const larger = new Float32Array(2 * length);
        larger.set(plane);
        return larger;
      });
    for (const [channel, plane] of kept.entries()) plane.set(piece[channel]!, keptLength);
    keptLength = length;
  };

  return {
    process(piece) {
      append(piece);
      received += piece[0]!.length;
      measureSteps(received);
      return answerSteps(Math.max(answered, measured - ahead - 1));
    },
    flush() {
      const steps = Math.ceil(received / STEP);
      const silence = new Float32Array((steps + ahead + 2) * STEP + TRUE_PEAK_REACH - received);
      append(kept.map(() => silence));
      measureSteps((steps + ahead + 2) * STEP);
      const first = answered * STEP;
      return answerSteps(steps).map((plane) => plane.slice(0, received - first));
    },
    summary: () => ({
      share: answered === 0 ? 0 : reducedSteps / answered,
      maxReductionDb: decibels(lowest),
    }),
  };
}
