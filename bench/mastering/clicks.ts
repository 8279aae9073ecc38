/** Clicks at the edges of holes: what bends more sharply there than the same audio without the hole. Pure. */
import { SAMPLE_RATE_HZ } from '../../src/mastering/session-clock.ts';
import type { Corpus } from './corpus.ts';

/** How far from a join a click can be. */
const REACH = 0.005 * SAMPLE_RATE_HZ;
/** Two periods of a low voice: the same audio without the hole may bend most a period away. */
const REFERENCE_REACH = 0.025 * SAMPLE_RATE_HZ;
/** An outlier bends so many times more than anything around it would without the hole. */
const OUTLIER = 2;
/** Second differences that nobody hears: -60 dBFS. */
const INAUDIBLE = 0.001;

/** Edges of holes with a click, and all edges. */
export function clicks(
  corpus: Corpus,
  samples: Float32Array,
  withoutHoles: Float32Array,
): { clicks: number; joins: number } {
  let found = 0;
  const joins = corpus.speakers.flatMap(({ lost }) => lost.flat()).filter((at) => at > 0);
  for (const join of joins) {
    const sharpest = sharpestBend(samples, join, REACH);
    const natural = sharpestBend(withoutHoles, join, REFERENCE_REACH);
    if (sharpest > Math.max(INAUDIBLE, OUTLIER * natural)) found += 1;
  }
  return { clicks: found, joins: joins.length };
}

/** Largest second difference around a place. */
function sharpestBend(samples: Float32Array, around: number, reach: number): number {
  let sharpest = 0;
  const end = Math.min(samples.length - 1, around + reach);
  for (let at = Math.max(1, around - reach); at < end; at += 1)
    sharpest = Math.max(sharpest, Math.abs(samples[at - 1]! - 2 * samples[at]! + samples[at + 1]!));
  return sharpest;
}
