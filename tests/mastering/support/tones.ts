/** How loud one tone is in a part of a signal: what a codec, a hiss or another tone adds does not count. */
import { RATE } from './signals.ts';

/** RMS in dB, by the Fourier sum at that frequency under a Hann window, so that strong neighbours do not leak into it. */
export function toneDb(signal: Float32Array, hz: number, fromSeconds: number, toSeconds: number): number {
  const part = signal.subarray(Math.round(fromSeconds * RATE), Math.round(toSeconds * RATE));
  let [real, imaginary, weights] = [0, 0, 0];
  for (const [at, sample] of part.entries()) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / part.length);
    const angle = (2 * Math.PI * hz * at) / RATE;
    real += sample * weight * Math.cos(angle);
    imaginary += sample * weight * Math.sin(angle);
    weights += weight;
  }
  return 20 * Math.log10((Math.SQRT2 * Math.hypot(real, imaginary)) / weights + 1e-12);
}
