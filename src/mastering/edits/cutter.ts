/** Reads a signal of the session through a time map: pieces of it, joined by equal-power crossfades. */
import { HALF_CROSSFADE_SAMPLES as HALF, type Piece, type TimeMap } from './time-map.ts';

/** Adds the session's signal from sample `from` on to `target`. */
export type SessionSignal = (target: Float32Array, from: number) => void;

/**
 * Adds the master's signal from sample `start` on to `target`. Around a join both sides go on for half a crossfade into
 * what was cut, so that no sample moves; where a trim bites off the beginning or the end, that is faded.
 */
export function addThrough(
  { pieces, samples }: TimeMap,
  sessionSamples: number,
  signal: SessionSignal,
  target: Float32Array,
  start: number,
): void {
  const end = start + target.length;
  for (let index = firstPiece(pieces, start - HALF); index < pieces.length; index += 1) {
    const piece = pieces[index]!;
    if (piece.at - HALF >= end) break;
    const pieceEnd = piece.at + piece.length;
    const opens = piece.from > 0;
    const closes = piece.from + piece.length < sessionSamples;
    // Before the session began there is nothing to fade in from.
    const from = Math.max(start, 0, opens ? piece.at - Math.min(HALF, piece.from) : piece.at);
    const to = Math.min(end, samples, closes ? pieceEnd + HALF : pieceEnd);
    if (to <= from) continue;
    const inWindow = target.subarray(from - start, to - start);
    const sessionFrom = piece.from + from - piece.at;
    const opening = piece.at === 0 ? HALF : piece.at;
    const closing = pieceEnd === samples ? samples - HALF : pieceEnd;
    const plain = (!opens || from >= opening + HALF) && (!closes || to <= closing - HALF);
    if (plain) {
      signal(inWindow, sessionFrom);
      continue;
    }
    const heard = new Float32Array(to - from);
    signal(heard, sessionFrom);
    const fadeIn = opens ? fadeAt(opening) : undefined;
    const fadeOut = closes ? fadeAt(closing) : undefined;
    for (let at = from; at < to; at += 1) {
      const rise = fadeIn === undefined ? 1 : Math.sin(fadeIn(at));
      const fall = fadeOut === undefined ? 1 : Math.cos(fadeOut(at));
      inWindow[at - from]! += heard[at - from]! * rise * fall;
    }
  }
}

/**
 * From 0 to a quarter turn over a crossfade around `join`: its sine and cosine squared add up to one. It sets off and arrives
 * gently, because a corner in a fade is heard as a tick.
 */
const fadeAt =
  (join: number) =>
  (at: number): number =>
    (Math.PI / 2) *
    Math.sin((Math.PI / 2) * Math.min(1, Math.max(0, (at - join + HALF + 0.5) / (2 * HALF)))) ** 2;

/** Index of the first piece that ends after `at`. */
function firstPiece(pieces: readonly Piece[], at: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.at + pieces[middle]!.length <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
