/** Mixes the tracks, takes them through the time map, limits the sum and writes it as raw samples, a second at a time. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { addThrough, type SessionSignal } from './edits/cutter.ts';
import { applyCurve, type GainCurve } from './edits/gain-curve.ts';
import type { TimeMap } from './edits/time-map.ts';
import { addUnder, type Envelope } from './envelope.ts';
import { linear } from './gains.ts';
import { createLimiter } from './limiter.ts';
import { gatedLoudness } from './loudness.ts';
import { createMeter } from './meter.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';
import type { TrackAudio } from './track-audio.ts';

export interface GainedTrack {
  audio: TrackAudio;
  envelope: Envelope;
  curve: GainCurve | undefined;
}

export interface MixOrder {
  tracks: readonly GainedTrack[];
  timeMap: TimeMap;
  /** Length of the session. */
  sessionSamples: number;
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
    timeMap,
    sessionSamples,
    trimDb,
    ceilingDbtp,
    limiter: settings,
    rawPath,
    pieceSamples = SAMPLE_RATE_HZ,
  }: MixOrder,
  breathe: (doneSamples: number) => Promise<void>,
): Promise<Mix> {
  const limiter = createLimiter({ ...settings, ceiling: linear(ceilingDbtp) });
  const { samples } = timeMap;
  const meter = createMeter(samples);
  const session = sumOf(tracks, linear(trimDb), pieceSamples);
  const sum = new Float32Array(pieceSamples);
  const file = openSync(rawPath, 'w');
  const write = (piece: Float32Array) => {
    meter.add(piece);
    const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  };
  try {
    for (let start = 0; start < samples; start += pieceSamples) {
      const mix = sum.subarray(0, Math.min(pieceSamples, samples - start));
      mix.fill(0);
      addThrough(timeMap, sessionSamples, session, mix, start);
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

/** The tracks of a session under their gains, added up. */
function sumOf(tracks: readonly GainedTrack[], trim: number, mostSamples: number): SessionSignal {
  const voice = new Float32Array(mostSamples);
  return (target, from) => {
    const window = voice.subarray(0, target.length);
    for (const { audio, envelope, curve } of tracks) {
      if (!audio.soundsIn(from, from + target.length)) continue;
      window.fill(0);
      audio.addTo(window, from, trim);
      if (curve !== undefined) applyCurve(curve, window, from);
      addUnder(envelope, window, from, target);
    }
  };
}
