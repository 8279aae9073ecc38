/**
 * Finds where a track carries its own speaker's voice, rather than a neighbour's from the loudspeaker, or noise. Pure.
 *
 * An open microphone hears the others at a fairly steady distance below what they sent, up to 400 ms later (the way to the
 * server and back). That distance is learned for each pair of tracks; what stands above it is the speaker.
 */
import { type Levels, steps } from './levels.ts';

/** A neighbour's voice may come back so much later. */
const ECHO_FRAMES = 20;
/** Frames of a neighbour's voice: within this of their loudest. */
const LOUD_WITHIN = steps(12);
/** Fewer frames than this (2 s) say nothing about a leak. */
const LEAST_FRAMES = 100;
/** What follows another track closer than this are two people who speak together. */
const LEAST_DISTANCE = steps(8);
/** Above the learned median of a leak, its own peaks end here. */
const LEAK_MARGIN = steps(10);
const NOISE_MARGIN = steps(6);
/** No leak or noise is believed to reach up to here below the speaker's own voice: talk at the same time must survive. */
const OWN_MARGIN = steps(4);
/** Tracks with less between their pauses and their voice have no pauses: a tone, music, a machine. */
const LEAST_RANGE = steps(12);
/** So many of the frames around one must be the speaker's: a word lasts longer than the burst of a neighbour's onset. */
const VOTERS = 9;
const LEAST_VOTES = 5;

export interface Talk {
  /** By frame of 20 ms: 1 where the speaker's own voice is. */
  own: Uint8Array;
  /** Code of the level in the track's pauses; 0 when it has none. */
  noise: number;
}

/** Music is its own voice wherever it sounds. */
export const musicTalk = (levels: Levels): Talk => ({
  own: levels.map((code) => (code > 0 ? 1 : 0)),
  noise: 0,
});

export function findTalk(tracks: readonly Levels[]): Talk[] {
  const held = tracks.map((levels) => heldPeaks(levels));
  const loudest = tracks.map((levels) => percentile(histogram(levels), 0.99));
  return tracks.map((levels, index) => {
    const noise = noiseOf(levels);
    const voice = voiceAlone(levels, index, held, loudest, noise);
    const bound = new Uint8Array(levels.length).fill(noise + NOISE_MARGIN);
    for (const [other, peaks] of held.entries()) {
      if (other === index) continue;
      const leak = leakOf(levels, tracks[other]!, peaks, loudest[other]!);
      if (leak === null) continue;
      for (let frame = 0; frame < bound.length; frame += 1)
        if (peaks[frame]! > 0) bound[frame] = Math.max(bound[frame]!, peaks[frame]! + leak + LEAK_MARGIN);
    }
    const most = voice === null ? 255 : Math.max(1, voice - OWN_MARGIN);
    return { own: voted(levels, (frame) => Math.min(most, bound[frame]!)), noise };
  });
}

/** The loudest of each frame and the ones before it. Doubling: five passes instead of twenty. */
function heldPeaks(levels: Levels): Uint8Array {
  const held = levels.slice();
  for (
    let reach = 1, step = 1;
    reach < ECHO_FRAMES;
    reach += step, step = Math.min(reach, ECHO_FRAMES - reach)
  )
    for (let frame = held.length - 1; frame >= step; frame -= 1)
      held[frame] = Math.max(held[frame]!, held[frame - step]!);
  return held;
}

/** How often each code occurs; silence is left out. */
function histogram(levels: Levels, counts: (frame: number) => boolean = () => true): Uint32Array {
  const found = new Uint32Array(256);
  for (let frame = 0; frame < levels.length; frame += 1)
    if (levels[frame]! > 0 && counts(frame)) found[levels[frame]!]! += 1;
  return found;
}

const total = (found: Uint32Array): number => found.reduce((sum, count) => sum + count, 0);

/** The index below which this share of what was counted lies. */
function percentile(found: Uint32Array, share: number): number {
  const wanted = total(found) * share;
  let below = 0;
  for (let index = 0; index < found.length; index += 1) {
    below += found[index]!;
    if (below > 0 && below >= wanted) return index;
  }
  return 0;
}

function noiseOf(levels: Levels): number {
  const found = histogram(levels);
  const low = percentile(found, 0.1);
  return percentile(found, 0.95) - low < LEAST_RANGE ? 0 : low;
}

/** The level of the speaker's own voice: what the track carries while nobody else is loud. Null when that is nothing. */
function voiceAlone(
  levels: Levels,
  index: number,
  held: readonly Uint8Array[],
  loudest: readonly number[],
  noise: number,
): number | null {
  const alone = histogram(
    levels,
    (frame) =>
      levels[frame]! > noise + NOISE_MARGIN &&
      held.every((peaks, other) => other === index || peaks[frame]! < loudest[other]! - LOUD_WITHIN),
  );
  return total(alone) < LEAST_FRAMES ? null : percentile(alone, 0.9);
}

/**
 * How far below another track's peaks this one follows it: the median over that speaker's voice, silence included, so
 * that a microphone that is closed most of that time leaks nothing. Null when it does.
 */
function leakOf(levels: Levels, source: Levels, peaks: Uint8Array, loudest: number): number | null {
  // Differences of codes from -255 to 255.
  const found = new Uint32Array(511);
  let silent = 0;
  for (let frame = 0; frame < levels.length; frame += 1) {
    if (source[frame]! === 0 || source[frame]! < loudest - LOUD_WITHIN) continue;
    if (levels[frame]! === 0) silent += 1;
    else found[levels[frame]! - peaks[frame]! + 255]! += 1;
  }
  const heard = total(found);
  if (heard + silent < LEAST_FRAMES || silent > heard) return null;
  const median = percentile(found, (0.5 * (heard + silent) - silent) / heard) - 255;
  return median > -LEAST_DISTANCE ? null : median;
}

function voted(levels: Levels, boundOf: (frame: number) => number): Uint8Array {
  const own = new Uint8Array(levels.length);
  const reach = (VOTERS - 1) / 2;
  const stands = (frame: number) => (levels[frame]! > 0 && levels[frame]! > boundOf(frame) ? 1 : 0);
  let votes = 0;
  for (let frame = 0; frame < Math.min(reach, levels.length); frame += 1) votes += stands(frame);
  for (let frame = 0; frame < levels.length; frame += 1) {
    if (frame + reach < levels.length) votes += stands(frame + reach);
    if (frame - reach > 0) votes -= stands(frame - reach - 1);
    if (votes >= LEAST_VOTES) own[frame] = 1;
  }
  return own;
}
