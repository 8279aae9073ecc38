/**
 * What is done to every voice before it is mixed: rumble taken off, sharp sibilants softened, peaks of loudness evened. None
 * of it delays. Gains are worked out per millisecond and joined by straight lines.
 */
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import { linear } from '../gains.ts';
import { createCompressor, type CompressorSettings } from './compressor.ts';
import { createDeEsser, type DeEsserSettings } from './de-esser.ts';
import { createHighPass } from './high-pass.ts';
import { createSharpBand } from './sharp-band.ts';

const STEP = SAMPLE_RATE_HZ / 1000;

export interface VoiceSettings {
  highPassHz?: number | undefined;
  deEsser?: DeEsserSettings | undefined;
  compressor?: CompressorSettings | undefined;
}

export interface VoiceChain {
  /** In place. `gain` is the amplitude that will bring the voice to its target. */
  process: (samples: Float32Array, gain: number) => void;
  /** After a hole the filters begin anew; the gains go on. */
  afterHole: () => void;
}

export function createVoiceChain(settings: VoiceSettings, targetLufs: number): VoiceChain {
  const { highPassHz, deEsser, compressor } = settings;
  const rumble = highPassHz === undefined ? undefined : createHighPass(highPassHz);
  const sharp = deEsser === undefined ? undefined : createSharpBand(deEsser.aboveHz);
  const sharpGainDb = deEsser === undefined ? undefined : createDeEsser(deEsser);
  const loudGainDb = compressor === undefined ? undefined : createCompressor(compressor, targetLufs);
  const band = new Float32Array(STEP);
  /** Of the sharp part, and of the whole, at the end of the last step. */
  const gains = Float64Array.of(1, 1);
  // Steps are named by their bounds: an array for each millisecond would have to be collected again.
  const soften = (samples: Float32Array, from: number, to: number, whole: number) => {
    const before = gains[0]!;
    const target = linear(sharpGainDb!(sharp!.filter(samples, band, from, to), whole));
    if (target === 1 && before === 1) return;
    const slope = (target - before) / (to - from);
    for (let at = 0; at < to - from; at += 1) samples[from + at]! += (before + slope * at - 1) * band[at]!;
    gains[0] = target;
  };
  const even = (samples: Float32Array, from: number, to: number, gain: number) => {
    const before = gains[1]!;
    const target = linear(loudGainDb!((energyOf(samples, from, to) * gain * gain) / (to - from)));
    if (target > 0.9999 && before > 0.9999) return;
    const slope = (target - before) / (to - from);
    for (let at = 0; at < to - from; at += 1) samples[from + at]! *= before + slope * at;
    gains[1] = target;
  };
  return {
    process(samples, gain) {
      for (let from = 0; from < samples.length; from += STEP) {
        const to = Math.min(samples.length, from + STEP);
        const whole =
          rumble === undefined ? energyOf(samples, from, to) : rumble.filter(samples, samples, from, to);
        if (sharp !== undefined) soften(samples, from, to, whole);
        if (compressor !== undefined) even(samples, from, to, gain);
      }
    },
    afterHole() {
      rumble?.reset();
      sharp?.reset();
    },
  };
}

function energyOf(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) {
    const sample = samples[at]!;
    sum += sample * sample;
  }
  return sum;
}
