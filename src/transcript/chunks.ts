/** Which stretches of one speaker are sent together, and where a stretch that is too long may be cut. Pure. */
import type { Interval } from './model.ts';

/** 9 minutes of 16 kHz mono s16 are 17 MB; the usual limit of an upload is 25 MB. */
export const LONGEST_CHUNK_US = 540_000_000;
/** Stands between two stretches in a chunk, whatever the pause between them was; a shorter pause keeps its length. */
const JOINT_US = 600_000;
/** A long stretch is cut at its quietest moment within so much. */
const CUT_WINDOW_US = 30_000_000;
/** Endpoints refuse audio of less than a tenth of a second, and no word is shorter than two. */
const SHORTEST_CHUNK_US = 200_000;

export interface ChunkLimits {
  longestUs: number;
  /** A longer pause begins a new chunk. */
  longestPauseUs: number;
}

const CHUNKS: ChunkLimits = { longestUs: LONGEST_CHUNK_US, longestPauseUs: Infinity };
/** For endpoints that answer without times: a cue is then as long as its chunk, so a chunk is what is said in one breath. */
export const TURNS: ChunkLimits = { longestUs: 30_000_000, longestPauseUs: 2_000_000 };

const lengthOf = ({ startUs, endUs }: Interval) => endUs - startUs;
export const jointUs = (before: Interval, after: Interval): number =>
  Math.min(JOINT_US, Math.max(0, after.startUs - before.endUs));

/** Stretches of one speaker, in order, to chunks, in order. A stretch longer than the limit is a chunk of its own. */
export function planChunks(
  stretches: readonly Interval[],
  { longestUs, longestPauseUs }: ChunkLimits = CHUNKS,
): Interval[][] {
  const chunks: Interval[][] = [];
  let length = 0;
  for (const stretch of stretches) {
    const open = chunks.at(-1);
    const last = open?.at(-1);
    const grown = last === undefined ? Infinity : length + jointUs(last, stretch) + lengthOf(stretch);
    if (open && last && grown <= longestUs && stretch.startUs - last.endUs <= longestPauseUs) {
      open.push(stretch);
      length = grown;
    } else {
      chunks.push([stretch]);
      length = lengthOf(stretch);
    }
  }
  return chunks.filter((chunk) => chunk.reduce((sum, each) => sum + lengthOf(each), 0) >= SHORTEST_CHUNK_US);
}

/**
 * Windows of 30 s, one for each cut that a stretch needs: a cut anywhere in each leaves no part longer than 9 minutes, so
 * that they can all be looked at before any is decided.
 */
export function cutWindows({ startUs, endUs }: Interval): Interval[] {
  const step = LONGEST_CHUNK_US - CUT_WINDOW_US;
  const cuts = Math.max(0, Math.ceil((endUs - startUs - LONGEST_CHUNK_US) / step));
  return Array.from({ length: cuts }, (_, index) => {
    const from = startUs + (index + 1) * step;
    return { startUs: from, endUs: from + CUT_WINDOW_US };
  });
}

/** Parts that touch, cut at the given moments. */
export function cutAt(stretches: readonly Interval[], cutsUs: readonly number[]): Interval[] {
  return stretches.flatMap((stretch) => {
    const inside = cutsUs.filter((cut) => cut > stretch.startUs && cut < stretch.endUs);
    const edges = [stretch.startUs, ...inside.toSorted((a, b) => a - b), stretch.endUs];
    return edges.slice(1).map((endUs, index) => ({ startUs: edges[index]!, endUs }));
  });
}
