/** What an export is made of, and what has been written once its tracks are. */
import type { RecordedSession } from '../../../recorder/session/reader.ts';
import type { ParsedExportRequest } from './request.ts';
import type { Timeline } from './timeline.ts';

export interface ExportOrder {
  request: ParsedExportRequest;
  session: RecordedSession;
  fromUs: number;
  toUs: number;
}

export interface Made {
  /** What every file name begins with. */
  base: string;
  timeline: Timeline;
  notes: string[];
}
