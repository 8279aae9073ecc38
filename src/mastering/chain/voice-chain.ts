/**
 * What is done to every voice before it is mixed: rumble taken off, sharp sibilants softened, peaks of loudness evened. None
 * of it delays. Gains are worked out per millisecond and joined by straight lines.
 */
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import { linear } from '../gains.ts';
import { createCompressor, type CompressorSettings } from './compressor.ts';
import { createDeEsser, type DeEsserSettings } from './de-esser.ts';
import { createHighPass } from './high-pass.ts';

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
  const sharp = deEsser === undefined ? undefined : createHighPass(deEsser.aboveHz);
  const sharpGainDb = deEsser === undefined ? undefined : createDeEsser(deEsser);
  const loudGainDb = compressor === undefined ? undefined : createCompressor(compressor, targetLufs);
  const band = new Float32Array(STEP);
  let sharpGain = 1;
  let loudGain = 1;
  const soften = (step: Float32Array, whole: number) => {
    const target = linear(sharpGainDb!(sharp!.filter(step, band), whole));
    if (target === 1 && sharpGain === 1) return;
    const slope = (target - sharpGain) / step.length;
    for (let at = 0; at < step.length; at += 1) step[at]! += (sharpGain + slope * at - 1) * band[at]!;
    sharpGain = target;
  };
  const even = (step: Float32Array, gain: number) => {
    const target = linear(loudGainDb!((energyOf(step) * gain * gain) / step.length));
    if (target > 0.9999 && loudGain > 0.9999) return;
    const slope = (target - loudGain) / step.length;
    for (let at = 0; at < step.length; at += 1) step[at]! *= loudGain + slope * at;
    loudGain = target;
  };
  return {
    process(samples, gain) {
      for (let at = 0; at < samples.length; at += STEP) {
        const step = samples.subarray(at, at + STEP);
        const whole = rumble === undefined ? energyOf(step) : rumble.filter(step, step);
        if (sharp !== undefined) soften(step, whole);
        if (compressor !== undefined) even(step, gain);
      }
    },
    afterHole() {
      rumble?.reset();
      sharp?.reset();
    },
  };
}

function energyOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
