/** Where each moment of a session stands in its master, once parts of it are cut out. Pure. */
import { RenderError } from '../errors.ts';
import { samplesAt, usAt } from '../session-clock.ts';
import type { Range } from './edit.ts';

/** Half of the crossfade around a join: 4 ms of what was cut are still heard, fading, on either side. */
export const HALF_CROSSFADE_SAMPLES = 192;
/** What is left between two cuts and shorter than this (20 ms) is a click, not a word; crossfades never meet in it. */
const SHORTEST_PIECE_SAMPLES = 960;

/** `length` samples of the session, from `from` on, are those of the master from `at` on. */
export interface Piece {
  from: number;
  at: number;
  length: number;
}

export interface TimeMap {
  /** In order, and without a hole in the master. */
  readonly pieces: readonly Piece[];
  /** Length of the master. */
  readonly samples: number;
  readonly durationUs: number;
  /** What stands before the first piece and after the last: a show's intro and outro. */
  readonly leadSamples: number;
  readonly tailSamples: number;
  /** Of a moment of the session; what was cut out stands nowhere. */
  masterUs: (sessionUs: number) => number | undefined;
  /** The same, but what was cut out stands at the join, and what comes before and after at the ends of the session's part. */
  nearestMasterUs: (sessionUs: number) => number;
}

export interface TimeMapOrder {
  sessionUs: number;
  trim?: Range | undefined;
  cuts?: readonly Range[];
  leadSamples?: number;
  tailSamples?: number;
}

/** Throws RenderError `bad-edit` when nothing is left. */
export function createTimeMap(order: TimeMapOrder): TimeMap {
  const { sessionUs, trim, cuts = [], leadSamples = 0, tailSamples = 0 } = order;
  const ends = trim === undefined ? [] : [before(trim.startUs), after(trim.endUs)];
  const pieces = piecesBetween([...ends, ...cuts], samplesAt(sessionUs), leadSamples);
  const last = pieces.at(-1);
  if (last === undefined)
    throw new RenderError('bad-edit', 'The edit cuts out the whole session. Keep a part of it.');
  const endOfTalk = last.at + last.length;
  const samples = endOfTalk + tailSamples;
  // A session need not be a whole number of samples long.
  const exactUs = (sample: number) =>
    endOfTalk - leadSamples === samplesAt(sessionUs) && sample === endOfTalk && leadSamples === 0
      ? sessionUs
      : usAt(sample);
  const endOfTalkUs = exactUs(endOfTalk);
  const startUs = ({ from }: Piece) => usAt(from);
  const endUs = ({ from, length }: Piece) =>
    from + length === samplesAt(sessionUs) ? sessionUs : usAt(from + length);
  /** How many pieces have begun by then. */
  const begunBy = (us: number) => {
    let [low, high] = [0, pieces.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startUs(pieces[middle]!) <= us) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const holding = (us: number) => {
    const piece = pieces[begunBy(us) - 1];
    return piece !== undefined && us < endUs(piece) ? piece : undefined;
  };
  const within = (piece: Piece, us: number) =>
    Math.min(endOfTalkUs, Math.max(0, us + usAt(piece.at) - startUs(piece)));
  return {
    ...{ pieces, samples, leadSamples, tailSamples },
    durationUs: exactUs(samples),
    masterUs(us) {
      const piece = holding(us);
      return piece === undefined ? undefined : within(piece, us);
    },
    nearestMasterUs(us) {
      const piece = holding(us);
      if (piece !== undefined) return within(piece, us);
      const next = pieces[begunBy(us)];
      return next === undefined ? endOfTalkUs : usAt(next.at);
    },
  };
}

/** A session's markers in its master. What was marked behind all that is left is marked no more: nothing of it is heard. */
export function markersIn<Marked extends { atUs: number }>(
  { pieces, nearestMasterUs }: TimeMap,
  markers: readonly Marked[],
): Marked[] {
  const last = pieces.at(-1)!;
  const endUs = usAt(last.from + last.length);
  return markers.flatMap((marker) =>
    marker.atUs < endUs ? [{ ...marker, atUs: nearestMasterUs(marker.atUs) }] : [],
  );
}

const before = (startUs: number): Range => ({ startUs: 0, endUs: startUs });
const after = (endUs: number): Range => ({ startUs: endUs, endUs: Infinity });

function piecesBetween(cuts: readonly Range[], samples: number, lead: number): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let at = lead;
  const keepUntil = (end: number) => {
    const length = end - from;
    if (length < Math.min(SHORTEST_PIECE_SAMPLES, samples)) return;
    pieces.push({ from, at, length });
    at += length;
  };
  const sorted = cuts
    .map(({ startUs, endUs }) => ({
      first: samplesAt(startUs),
      end: endUs === Infinity ? samples : Math.min(samples, samplesAt(endUs)),
    }))
    .filter(({ first, end }) => first < end)
    .sort((a, b) => a.first - b.first);
  for (const { first, end } of sorted) {
    if (first > from) keepUntil(first);
    from = Math.max(from, end);
  }
  if (from < samples) keepUntil(samples);
  return pieces;
}
