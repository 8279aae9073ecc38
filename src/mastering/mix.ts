/**
 * Mixes the tracks, takes them through the time map, adds the show's sounds, limits the sum and writes it as raw samples, a
 * second at a time. Voices are one channel; of two, both hold them.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { addThrough, type SessionSignal } from './edits/cutter.ts';
import { applyCurve, type GainCurve } from './edits/gain-curve.ts';
import type { TimeMap } from './edits/time-map.ts';
import { addUnder, type Envelope } from './envelope.ts';
import { linear } from './gains.ts';
import { createLimiter } from './limiter.ts';
import { gatedLoudness } from './loudness.ts';
import { createMeter } from './meter.ts';
import { createPeaks, type Peaks } from './peaks.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';
import type { TrackAudio } from './track-audio.ts';
import { addClips, type PlacedSound } from './furniture/clips.ts';

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
  channels: 1 | 2;
  sounds: readonly PlacedSound[];
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
  /** Of its first channel. */
  peaks: Peaks;
}

/** `breathe` runs between pieces: it reports how far this is, lets signals in, and throws to stop. */
export async function writeMix(
  {
    tracks,
    timeMap,
    sessionSamples,
    channels,
    sounds,
    trimDb,
    ceilingDbtp,
    limiter: settings,
    rawPath,
    pieceSamples = SAMPLE_RATE_HZ,
  }: MixOrder,
  breathe: (doneSamples: number) => Promise<void>,
): Promise<Mix> {
  const limiter = createLimiter({ ...settings, channels, ceiling: linear(ceilingDbtp) });
  const { samples } = timeMap;
  const meter = createMeter(samples, channels);
  const peaks = createPeaks(samples);
  let written = 0;
  const session = sumOf(tracks, linear(trimDb), pieceSamples);
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
      const planes = sums.map((plane) => plane.subarray(0, length).fill(0));
      addThrough(timeMap, sessionSamples, session, planes[0]!, start);
      planes[1]?.set(planes[0]!);
      addClips(sounds, planes, start);
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

function interleaved(planes: readonly Float32Array[]): Float32Array {
  const [left, right] = [planes[0]!, planes[1]];
  if (right === undefined) return left;
  const pairs = new Float32Array(2 * left.length);
  for (let at = 0; at < left.length; at += 1) {
    pairs[2 * at] = left[at]!;
    pairs[2 * at + 1] = right[at]!;
  }
  return pairs;
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
