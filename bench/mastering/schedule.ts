/** Who says what when: turns with pauses, talk-over and backchannels. Pure, and the truth that everything is judged by. */
import { SAMPLE_RATE_HZ } from '../../src/mastering/session-clock.ts';

/** A clip of a speaker's voice at its place; all in samples of the session. */
export interface Utterance {
  clip: number;
  from: number;
  to: number;
}
/** Half-open, in samples. */
export type Interval = [from: number, to: number];

export interface Repertoire {
  /** Lengths of the clips, in samples: whole sentences, then short answers. */
  sentences: readonly number[];
  answers: readonly number[];
}

const samples = (seconds: number) => Math.round(seconds * SAMPLE_RATE_HZ);

/** One list of utterances per speaker. Everybody has their turn before anybody has the next one. */
export function schedule(
  speakers: readonly Repertoire[],
  seconds: number,
  random: () => number,
): Utterance[][] {
  const said: Utterance[][] = speakers.map(() => []);
  const end = samples(seconds - 1);
  const between = (low: number, high: number) => low + (high - low) * random();
  let at = samples(1);
  let order: number[] = [];
  for (;;) {
    if (order.length === 0) order = shuffled(speakers.length, random);
    const speaker = order.shift()!;
    const { sentences } = speakers[speaker]!;
    const turnFrom = at;
    for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) {
      const clip = Math.floor(random() * sentences.length);
      const to = at + sentences[clip]!;
      if (to > end) return said;
      said[speaker]!.push({ clip, from: at, to });
      at = to + samples(between(0.15, 0.5));
    }
    if (random() < 0.3) answer(speakers, said, { but: speaker, from: turnFrom, to: at }, random);
    const what = random();
    // Talk-over, a common pause, or the usual short gap.
    if (what < 0.15) at -= samples(between(0.6, 1.6));
    else if (what < 0.3) at += samples(between(1.5, 3));
    else at += samples(between(0.1, 0.6));
  }
}

/** Somebody says something short into another's turn, where they do not speak themselves. */
function answer(
  speakers: readonly Repertoire[],
  said: Utterance[][],
  turn: { but: number; from: number; to: number },
  random: () => number,
): void {
  const other = (turn.but + 1 + Math.floor(random() * (speakers.length - 1))) % speakers.length;
  const { sentences, answers } = speakers[other]!;
  const index = Math.floor(random() * answers.length);
  const from = turn.from + Math.floor(random() * (turn.to - turn.from));
  const to = from + answers[index]!;
  const own = said[other]!;
  if (own.some((utterance) => utterance.from < to && from < utterance.to)) return;
  own.push({ clip: sentences.length + index, from, to });
  own.sort((a, b) => a.from - b.from);
}

function shuffled(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let index = length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}

/** Widened by so many samples before and after, and joined where they touch. */
export function widened(intervals: readonly Interval[], before: number, after: number): Interval[] {
  const joined: Interval[] = [];
  for (const [from, to] of intervals.map(([from, to]): Interval => [from - before, to + after])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** What of `intervals` lies in none of `others`; both sorted. */
export function without(intervals: readonly Interval[], others: readonly Interval[]): Interval[] {
  return intervals.flatMap(([from, to]) => {
    const left: Interval[] = [];
    let at = from;
    for (const [otherFrom, otherTo] of others) {
      if (otherTo <= at || otherFrom >= to) continue;
      if (otherFrom > at) left.push([at, otherFrom]);
      at = Math.max(at, otherTo);
    }
    if (at < to) left.push([at, to]);
    return left;
  });
}

export const sorted = (intervals: readonly Interval[]): Interval[] =>
  intervals.toSorted((a, b) => a[0] - b[0]);
