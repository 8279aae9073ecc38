/** From a reply to a chunk to cues on the session clock. Pure. */
import { chunkLengthUs, pieceAt, sessionUsAt, speechUnder } from './chunk-clock.ts';
import type { Cue, Piece, Word } from './model.ts';
import type { Reply, Segment } from './reply.ts';
import { timedWords } from './words.ts';

/** A longer pause within what the endpoint took for one sentence ends the cue: others may have spoken in it. */
const LONGEST_PAUSE_US = 2_000_000;
/** Less speech than this under a segment is none: models make up words in silence. */
const LEAST_SPEECH_US = 100_000;

/** Segments without speech under them are dropped; a pause that the chunk shortened ends a cue. */
export function cuesOf(
  reply: Reply,
  pieces: readonly Piece[],
  { track, speaker }: Pick<Cue, 'track' | 'speaker'>,
): Cue[] {
  const cues: Cue[] = [];
  for (const segment of reply.segments.filter((each) => isSpoken(each, pieces))) {
    let open: Word[] | undefined;
    let lastPiece = 0;
    for (const word of timedWords(segment)) {
      const at = pieceAt(pieces, (word.startUs + word.endUs) / 2);
      const piece = pieces[at]!;
      const placed = {
        text: word.text,
        startUs: sessionUsAt(piece, word.startUs),
        endUs: sessionUsAt(piece, word.endUs),
      };
      const pauseUs = at === lastPiece ? 0 : piece.startUs - pieces[lastPiece]!.endUs;
      if (open === undefined || pauseUs >= LONGEST_PAUSE_US) {
        open = [];
        cues.push({ track, speaker, startUs: placed.startUs, endUs: placed.endUs, words: open });
      }
      open.push(placed);
      cues.at(-1)!.endUs = Math.max(cues.at(-1)!.endUs, placed.endUs);
      lastPiece = at;
    }
  }
  return cues;
}

function isSpoken(segment: Segment, pieces: readonly Piece[]): boolean {
  const length = segment.endUs - segment.startUs;
  if (segment.noSpeech || segment.startUs >= chunkLengthUs(pieces)) return false;
  return speechUnder(pieces, segment) >= Math.min(LEAST_SPEECH_US, length / 2) && length > 0;
}
