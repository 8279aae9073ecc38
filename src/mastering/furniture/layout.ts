/** Where a show's sounds stand in a master: the intro before the talk, the outro after it, the bed under it. Pure. */
import { SAMPLE_RATE_HZ } from '../session-clock.ts';

export const FURNITURE = ['intro', 'outro', 'bed'] as const;
export type FurnitureKind = (typeof FURNITURE)[number];

/** Samples of the master from `at` on are those of the sound from its beginning, under equal-power fades. */
export interface Clip {
  kind: FurnitureKind;
  at: number;
  length: number;
  fadeInSamples: number;
  fadeOutSamples: number;
}

export interface FurnitureLayout {
  /** In the master, before the talk begins and after it has ended. */
  leadSamples: number;
  tailSamples: number;
  /** By when they begin. */
  clips: readonly Clip[];
}

/** A sound's own ends: whatever they hold, they do not click. */
const EDGE_SAMPLES = (5 * SAMPLE_RATE_HZ) / 1000;

/**
 * Intro and outro reach so far into the talk (`overlapMs`), fading; where the bed is shorter than the talk it is repeated.
 * `lengths` in samples; a sound that is missing is not there.
 */
export function layoutOf(
  lengths: Partial<Record<FurnitureKind, number>>,
  talkSamples: number,
  { overlapMs }: { overlapMs: number },
): FurnitureLayout {
  const { intro = 0, outro = 0, bed = 0 } = lengths;
  const most = (overlapMs * SAMPLE_RATE_HZ) / 1000;
  const overlapOf = (length: number) => Math.floor(Math.min(most, length / 2, talkSamples / 2));
  const leadSamples = intro - overlapOf(intro);
  const end = leadSamples + talkSamples;
  const around: Clip[] = [
    {
      ...{ kind: 'intro', at: 0, length: intro },
      ...{ fadeInSamples: Math.min(EDGE_SAMPLES, overlapOf(intro)), fadeOutSamples: overlapOf(intro) },
    },
    {
      ...{ kind: 'outro', at: end - overlapOf(outro), length: outro },
      ...{ fadeInSamples: overlapOf(outro), fadeOutSamples: Math.min(EDGE_SAMPLES, overlapOf(outro)) },
    },
  ];
  const clips = [...around.filter(({ length }) => length > 0), ...bedClips(bed, leadSamples, end, most)];
  return { leadSamples, tailSamples: outro - overlapOf(outro), clips: clips.sort((a, b) => a.at - b.at) };
}

/** Each repetition fades in while the one before fades out. */
function bedClips(length: number, start: number, end: number, most: number): Clip[] {
  if (length === 0) return [];
  const fade = Math.floor(Math.min(most, length / 4, (end - start) / 2));
  const clips: Clip[] = [];
  for (let at = start; at < end; at += length - fade) {
    const rest = end - at;
    // What would only fade in to fade out again is left out.
    if (at > start && rest <= fade) break;
    const last = rest <= length;
    clips.push({
      ...{ kind: 'bed', at, length: Math.min(length, rest) },
      ...{ fadeInSamples: fade, fadeOutSamples: Math.min(fade, rest - fade) },
    });
    if (last) break;
  }
  return clips;
}
