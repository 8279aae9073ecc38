/** Takes a decoded track through its voice chain, in its own file, a second at a time. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Run } from '../placement.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import type { VoiceChain } from './voice-chain.ts';

const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** The gain of a voice moves slowly: it is looked up this often. */
const PART_SAMPLES = SAMPLE_RATE_HZ / 50;

export interface CleanOrder {
  /** Mono f32 samples at 48 kHz, and where they belong. */
  rawPath: string;
  runs: readonly Run[];
  chain: VoiceChain;
  /** Amplitude that brings the voice to its target, by sample of the session. */
  gainAt: (sample: number) => number;
  breathe: () => Promise<void>;
}

export async function cleanTrack({ rawPath, runs, chain, gainAt, breathe }: CleanOrder): Promise<void> {
  const file = openSync(rawPath, 'r+');
  const window = new Float32Array(SAMPLE_RATE_HZ);
  try {
    for (const { stretches } of runs) {
      chain.afterHole();
      for (const { at, from, length } of stretches)
        for (let done = 0; done < length; done += window.length) {
          const samples = window.subarray(0, Math.min(window.length, length - done));
          const read = readSync(file, bytesOf(samples), 0, samples.byteLength, (from + done) * BYTES);
          const whole = samples.subarray(0, Math.floor(read / BYTES));
          for (let part = 0; part < whole.length; part += PART_SAMPLES)
            chain.process(whole.subarray(part, part + PART_SAMPLES), gainAt(at + done + part));
          writeSync(file, bytesOf(whole), 0, whole.byteLength, (from + done) * BYTES);
          await breathe();
        }
    }
  } finally {
    closeSync(file);
  }
}

const bytesOf = (samples: Float32Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
