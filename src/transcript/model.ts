/** The words of this room. `...Us` are microseconds: on the session clock, or within a chunk where the name says so. */

export interface Interval {
  startUs: number;
  endUs: number;
}

/** A word with the space before it, where its language writes one: the words of a cue, joined, are its text. */
export interface Word extends Interval {
  text: string;
}

/** What one speaker said without a long pause; never without words. */
export interface Cue extends Interval {
  /** Number of the track. */
  track: number;
  speaker: string;
  words: readonly Word[];
}

/** A piece of a speaker's track, and where it stands in the audio of its chunk. */
export interface Piece extends Interval {
  chunkStartUs: number;
  chunkEndUs: number;
}

/** A stretch of one speaker's audio that has no words because it could not be transcribed. */
export interface Missing extends Interval {
  speaker: string;
  /** A sentence for the operator. */
  why: string;
}

export const textOf = ({ words }: Pick<Cue, 'words'>): string =>
  words
    .map(({ text }) => text)
    .join('')
    .trim();
