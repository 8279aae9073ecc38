/** From the clock of a chunk's audio to the session clock and back, piece by piece. Pure. */
import type { Interval, Piece } from './model.ts';

const share = (at: number, from: number, to: number) => (to > from ? (at - from) / (to - from) : 0);
const clamp = (value: number, { startUs, endUs }: Interval) => Math.min(endUs, Math.max(startUs, value));

/** The piece that a moment of the chunk belongs to: between two pieces, the nearer one. Pieces are in order, at least one. */
export function pieceAt(pieces: readonly Piece[], chunkUs: number): number {
  const next = pieces.findIndex((piece) => chunkUs < piece.chunkEndUs);
  if (next === -1) return pieces.length - 1;
  const before = pieces[next - 1];
  if (before === undefined) return next;
  return chunkUs - before.chunkEndUs < pieces[next]!.chunkStartUs - chunkUs ? next - 1 : next;
}

/** A moment of the chunk as a moment of the session, within the given piece. */
export function sessionUsAt(piece: Piece, chunkUs: number): number {
  const { startUs, endUs, chunkStartUs, chunkEndUs } = piece;
  return Math.round(clamp(startUs + (endUs - startUs) * share(chunkUs, chunkStartUs, chunkEndUs), piece));
}

/** How much of a chunk's interval lies on pieces, and not in the silence between them. */
export function speechUnder(pieces: readonly Piece[], { startUs, endUs }: Interval): number {
  return pieces.reduce(
    (sum, { chunkStartUs, chunkEndUs }) =>
      sum + Math.max(0, Math.min(endUs, chunkEndUs) - Math.max(startUs, chunkStartUs)),
    0,
  );
}

export const chunkLengthUs = (pieces: readonly Piece[]): number => pieces.at(-1)?.chunkEndUs ?? 0;
