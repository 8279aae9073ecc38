/** The public door of a session folder: reads it while live, sealed, or cut short by a crash. */
export type {
  Gap,
  GapReason,
  Manifest,
  Marker,
  PlacedPacket,
  RecordedSession,
  RecordedTrack,
  SealReason,
  Spurt,
} from './model.ts';
import type { PlacedPacket, RecordedSession, RecordedTrack } from './model.ts';

/**
 * Reads a session folder (`<data>/sessions/<session id>`). Files are never changed by it.
 * @throws SessionFolderError when the folder holds no journal header of a version we know.
 */
export type ReadSession = (folder: string) => Promise<RecordedSession>;

/** Every packet that came in, in order, at its exact place by the index; fill is left out and silence is never read. */
export type ReadTrackPackets = (track: RecordedTrack) => AsyncIterable<PlacedPacket>;
