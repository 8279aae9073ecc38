/** Equal-power fades of a clip. Pure. */
import type { Clip } from './layout.ts';

/** Amplitude of a clip's sample, counted from its first: sine and cosine, whose squares add up to one where two clips meet. */
export function fadeGain({ length, fadeInSamples, fadeOutSamples }: Clip, sample: number): number {
  const rise = fadeInSamples > 0 ? Math.min(1, (sample + 0.5) / fadeInSamples) : 1;
  const fall = fadeOutSamples > 0 ? Math.min(1, (length - sample - 0.5) / fadeOutSamples) : 1;
  return Math.sin((Math.PI / 2) * rise) * Math.sin((Math.PI / 2) * fall);
}
