/** All speakers' cues as one conversation, and its move from the session clock to the master's. Pure. */
import type { Cue, Word } from './model.ts';

/** By their starts; who has the lower track number comes first where two begin at once. */
export const mergeCues = (cues: readonly Cue[]): Cue[] =>
  cues.toSorted((a, b) => a.startUs - b.startUs || a.track - b.track);

/** Where a moment of the session is in the master; undefined for one that was cut out. */
export type TimeMap = (sessionUs: number) => number | undefined;

/** `pieces`, in order: so much of the session, from `sessionUs` on, stands in the master from `masterUs` on. */
export function timeMapThrough(
  pieces: readonly { sessionUs: number; masterUs: number; durationUs: number }[],
): TimeMap {
  return (at) => {
    const piece = pieces.findLast(({ sessionUs }) => sessionUs <= at);
    if (piece === undefined || at > piece.sessionUs + piece.durationUs) return undefined;
    return piece.masterUs + at - piece.sessionUs;
  };
}

/** A word whose middle lies where its track is silenced is not heard; a cue without words is gone. */
export function withoutMuted(
  cues: readonly Cue[],
  muted: readonly { track: number; startUs: number; endUs: number }[],
): Cue[] {
  const silenced = (track: number, us: number) =>
    muted.some((each) => each.track === track && each.startUs <= us && us < each.endUs);
  return cues.flatMap((cue) => {
    const words = cue.words.filter(({ startUs, endUs }) => !silenced(cue.track, (startUs + endUs) / 2));
    if (words.length === cue.words.length) return [cue];
    if (words.length === 0) return [];
    return [{ ...cue, words, startUs: words[0]!.startUs, endUs: words.at(-1)!.endUs }];
  });
}

/** A word whose middle was cut out is gone; a cue without words is gone. Answers cues in the order of the master. */
export function moveCues(cues: readonly Cue[], masterUsOf: TimeMap): Cue[] {
  const moved = cues.flatMap((cue) => {
    const words = cue.words.flatMap((word) => moveWord(word, masterUsOf));
    if (words.length === 0) return [];
    const startUs = Math.min(...words.map((word) => word.startUs));
    return [{ ...cue, words, startUs, endUs: Math.max(...words.map((word) => word.endUs)) }];
  });
  return mergeCues(moved);
}

function moveWord({ text, startUs, endUs }: Word, masterUsOf: TimeMap): Word[] {
  const middle = masterUsOf((startUs + endUs) / 2);
  if (middle === undefined) return [];
  const half = (endUs - startUs) / 2;
  return [
    {
      text,
      // An edge that was cut off ends where it would have ended.
      startUs: masterUsOf(startUs) ?? Math.max(0, middle - half),
      endUs: masterUsOf(endUs) ?? middle + half,
    },
  ];
}
