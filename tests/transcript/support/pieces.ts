/** Cues and pieces for tests, in seconds. */
import type { Cue, Piece } from '../../../src/transcript/model.ts';

export const us = (seconds: number) => Math.round(seconds * 1e6);

/** [session start, session end, chunk start]; as long in the chunk as in the session. */
export const pieces = (...places: [number, number, number][]): Piece[] =>
  places.map(([start, end, at]) => ({
    startUs: us(start),
    endUs: us(end),
    chunkStartUs: us(at),
    chunkEndUs: us(at + end - start),
  }));

/** Words spread evenly between the two ends. */
export function cue(speaker: string, start: number, end: number, text: string, track = 1): Cue {
  const tokens = text.match(/\s*\S+/g) ?? [];
  const step = (end - start) / tokens.length;
  return {
    track,
    speaker,
    startUs: us(start),
    endUs: us(end),
    words: tokens.map((word, index) => ({
      text: word,
      startUs: us(start + index * step),
      endUs: us(start + (index + 1) * step),
    })),
  };
}
