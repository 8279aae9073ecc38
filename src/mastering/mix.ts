/** Limits a mix and writes it as raw samples, a second at a time, measured on the way. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { linear } from './gains.ts';
import { createLimiter } from './limiter.ts';
import { gatedLoudness } from './loudness.ts';
import { createMeter } from './meter.ts';
import { createMixer, type MixerOrder } from './mixer.ts';
import { createPeaks, type Peaks } from './peaks.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';

export interface MixOrder extends MixerOrder {
  channels: 1 | 2;
  ceilingDbtp: number;
  limiter: { lookAheadMs: number; releaseMs: number };
  rawPath: string;
  /** The size of the pieces; it never changes the output. */
  pieceSamples?: number;
}

export interface Mix {
  rawPath: string;
  /** By our own meter; null for a mix without anything above the gates. */
  integratedLufs: number | null;
  /** By blocks of 100 ms. */
  energies: Float32Array;
  limiterShare: number;
  maxReductionDb: number;
  /** Of its first channel. */
  peaks: Peaks;
}

/** `breathe` runs between pieces: it reports how far this is, lets signals in, and throws to stop. */
export async function writeMix(
  order: MixOrder,
  breathe: (doneSamples: number) => Promise<void>,
): Promise<Mix> {
  const { channels, ceilingDbtp, limiter: settings, rawPath, pieceSamples = SAMPLE_RATE_HZ } = order;
  const limiter = createLimiter({ ...settings, channels, ceiling: linear(ceilingDbtp) });
  const { samples } = order.timeMap;
  const meter = createMeter(samples, channels);
  const peaks = createPeaks(samples);
  let written = 0;
  const mixer = createMixer(order);
  const sums = Array.from({ length: channels }, () => new Float32Array(pieceSamples));
  const file = openSync(rawPath, 'w');
  const write = (planes: readonly Float32Array[]) => {
    meter.add(planes);
    peaks.add(planes[0]!, written);
    written += planes[0]!.length;
    const piece = interleaved(planes);
    const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  };
  try {
    for (let start = 0; start < samples; start += pieceSamples) {
      const length = Math.min(pieceSamples, samples - start);
      const planes = sums.map((plane) => plane.subarray(0, length));
      mixer(planes, start);
      write(limiter.process(planes));
      await breathe(start + length);
    }
    write(limiter.flush());
  } finally {
    closeSync(file);
  }
  const { share, maxReductionDb } = limiter.summary();
  const integratedLufs = gatedLoudness(meter.energies)?.lufs ?? null;
  return { rawPath, integratedLufs, energies: meter.energies, limiterShare: share, maxReductionDb, peaks };
}

/** Sample by sample, as raw files of two channels are. */
export function interleaved(planes: readonly Float32Array[]): Float32Array {
  const [left, right] = [planes[0]!, planes[1]];
  if (right === undefined) return left;
  const pairs = new Float32Array(2 * left.length);
  for (let at = 0; at < left.length; at += 1) {
    pairs[2 * at] = left[at]!;
    pairs[2 * at + 1] = right[at]!;
  }
  return pairs;
}
