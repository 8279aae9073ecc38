/** A long transcript over several pages: each is light by itself, and the script brings them together. */
import type { TranscriptTurn } from '../../templates/pages/views.ts';
import { escapeXml } from '../feed/xml.ts';

// What the markup of a turn and of a sentence costs besides their words (templates/pages/transcript.ts).
const TURN_BYTES = 190;
const SENTENCE_BYTES = 32;

export const bytesOfTurn = ({ speaker, sentences }: TranscriptTurn): number =>
  TURN_BYTES +
  Buffer.byteLength(escapeXml(speaker)) +
  sentences.reduce((sum, { text }) => sum + SENTENCE_BYTES + Buffer.byteLength(escapeXml(text)), 0);

/** In order, no turn cut; each part within its bytes, unless one turn alone is more. The first may be shorter than the others. */
export function partsOf(
  turns: readonly TranscriptTurn[],
  { firstBytes, bytes }: { firstBytes: number; bytes: number },
): TranscriptTurn[][] {
  const parts: TranscriptTurn[][] = [[]];
  let left = firstBytes;
  for (const turn of turns) {
    const size = bytesOfTurn(turn);
    if (size > left && parts.at(-1)!.length > 0) {
      parts.push([]);
      left = bytes;
    }
    // A page begins with a name.
    parts.at(-1)!.push(parts.at(-1)!.length === 0 ? { ...turn, goesOn: false } : turn);
    left -= size;
  }
  return parts;
}
