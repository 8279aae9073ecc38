/** The gain that a producer gave a track, over time. Pure. */
import { linear } from '../gains.ts';
import { samplesAt } from '../session-clock.ts';
import type { ParsedEdit } from './edit.ts';

/** A change of gain takes 10 ms, around its moment. */
const RAMP_SAMPLES = 480;

interface Knot {
  at: number;
  gain: number;
}

/** Amplitudes on the session clock, joined by straight lines; before the first and after the last knot they stay. */
export type GainCurve = readonly Knot[];

/** Undefined for a track that is left as it is. */
export function gainCurve({ mutes, gains }: ParsedEdit, track: number): GainCurve | undefined {
  const changes = [
    ...mutes.map((mute) => ({ track: mute.track, from: mute.startUs, to: mute.endUs, gain: 0 })),
    ...gains.map(({ track: of, gainDb, range }) => ({
      ...{ track: of, from: range?.startUs ?? 0, to: range?.endUs ?? Infinity, gain: linear(gainDb) },
    })),
  ].filter((change) => change.track === track && change.gain !== 1);
  if (changes.length === 0) return undefined;
  const gainAfter = (us: number) =>
    changes.reduce((gain, each) => (each.from <= us && us < each.to ? gain * each.gain : gain), 1);
  const moments = [...new Set(changes.flatMap(({ from, to }) => [from, to]))]
    .filter((us) => us > 0 && us < Infinity)
    .sort((a, b) => a - b);
  const knots: Knot[] = [];
  let gain = gainAfter(0);
  let last = 0;
  const add = (at: number) => knots.push({ at: (last = Math.max(last, at)), gain });
  add(0);
  for (const us of moments) {
    add(samplesAt(us) - RAMP_SAMPLES / 2);
    gain = gainAfter(us);
    add(samplesAt(us) + RAMP_SAMPLES / 2);
  }
  return knots;
}

/** Multiplies samples, the first of which is `start` of the session clock. */
export function applyCurve(curve: GainCurve, samples: Float32Array, start: number): void {
  for (let at = 0; at < samples.length;) {
    const index = knotBefore(curve, start + at);
    const from = curve[index]!;
    const to = curve[index + 1] ?? { at: Infinity, gain: from.gain };
    const end = Math.min(samples.length, to.at - start);
    const slope = to.gain === from.gain ? 0 : (to.gain - from.gain) / (to.at - from.at);
    if (slope === 0 && from.gain === 1) at = end;
    else for (; at < end; at += 1) samples[at]! *= from.gain + slope * (start + at - from.at);
  }
}

/** Amplitude at a sample. */
export function curveAt(curve: GainCurve, sample: number): number {
  const index = knotBefore(curve, sample);
  const from = curve[index]!;
  const to = curve[index + 1];
  if (to === undefined || to.at === from.at) return from.gain;
  return from.gain + ((to.gain - from.gain) / (to.at - from.at)) * (sample - from.at);
}

/** Index of the last knot at or before a sample; of two at the same one, the later. */
function knotBefore(curve: GainCurve, sample: number): number {
  let low = 0;
  let high = curve.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle]!.at <= sample) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
