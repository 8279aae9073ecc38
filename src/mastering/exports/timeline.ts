/** What documents say of an export: its tracks side by side, and the moments with a name. */
import type { ExportFormat } from './request.ts';

export interface TimelineTrack {
  number: number;
  /** The speaker's name as they write it. */
  name: string;
  fileName: string;
  channels: number;
}

export interface TimelineMarker {
  /** From the export's start. */
  atUs: number;
  name: string;
}

/** Every track begins at 0 and is `samples` long. */
export interface Timeline {
  title: string;
  format: ExportFormat;
  startedAtMs: number;
  samples: number;
  tracks: readonly TimelineTrack[];
  markers: readonly TimelineMarker[];
}

/** On one line, without what no text format takes. */
export const oneLine = (words: string): string =>
  words
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
