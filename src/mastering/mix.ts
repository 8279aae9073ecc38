/** Mixes the tracks on the session clock, limits the sum and writes it as raw samples, a second at a time. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { addUnder, type Envelope } from './envelope.ts';
import { linear } from './gains.ts';
import { createLimiter } from './limiter.ts';
import { gatedLoudness } from './loudness.ts';
import { createMeter } from './meter.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';
import type { TrackAudio } from './track-audio.ts';

export interface MixOrder {
  tracks: readonly { audio: TrackAudio; envelope: Envelope }[];
  /** Length of the session. */
  samples: number;
  /** On the sum, before the limiter. */
  trimDb: number;
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
}

/** `breathe` runs between pieces: it reports how far this is, lets signals in, and throws to stop. */
export async function writeMix(
  {
    tracks,
    samples,
    trimDb,
    ceilingDbtp,
    limiter: settings,
    rawPath,
    pieceSamples = SAMPLE_RATE_HZ,
  }: MixOrder,
  breathe: (doneSamples: number) => Promise<void>,
): Promise<Mix> {
  const limiter = createLimiter({ ...settings, ceiling: linear(ceilingDbtp) });
  const meter = createMeter(samples);
  const trim = linear(trimDb);
  const sum = new Float32Array(pieceSamples);
  const voice = new Float32Array(pieceSamples);
  const file = openSync(rawPath, 'w');
  const write = (piece: Float32Array) => {
    meter.add(piece);
    const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  };
  try {
    for (let start = 0; start < samples; start += pieceSamples) {
      const mix = sum.subarray(0, Math.min(pieceSamples, samples - start));
      const window = voice.subarray(0, mix.length);
      mix.fill(0);
      for (const { audio, envelope } of tracks) {
        if (!audio.soundsIn(start, start + mix.length)) continue;
        window.fill(0);
        audio.addTo(window, start, trim);
        addUnder(envelope, window, start, mix);
      }
      write(limiter.process(mix));
      await breathe(start + mix.length);
    }
    write(limiter.flush());
  } finally {
    closeSync(file);
  }
  const { share, maxReductionDb } = limiter.summary();
  const integratedLufs = gatedLoudness(meter.energies)?.lufs ?? null;
  return { rawPath, integratedLufs, energies: meter.energies, limiterShare: share, maxReductionDb };
}
