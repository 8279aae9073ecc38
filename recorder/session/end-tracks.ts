/** The end of a session's tracks: all at one moment, and an honest word about those that the disk gave up. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PRE_SKIP_SAMPLES } from '../ogg/opus-headers.ts';
import { GRID_SAMPLES, OPUS_RATE_HZ } from '../ogg/opus-packet.ts';
import type { Alone } from './alone.ts';
import type { Files } from './files.ts';
import { readIndex } from './index-reader.ts';
import type { Gap } from './model.ts';
import { trackPaths } from './paths.ts';
import { mendTrack } from './repair.ts';
import type { TrackWriter } from './track-writer.ts';

/** Samples of a track that plays until `durationUs`: whole steps of the grid, and what a decoder skips at the start. */
export function endSamplesOf(durationUs: number): number {
  const heard = (durationUs * OPUS_RATE_HZ) / 1e6 + PRE_SKIP_SAMPLES;
  return Math.ceil(heard / GRID_SAMPLES) * GRID_SAMPLES;
}

/** Fills every track up to the session's end, `pagesAtOnce` at a time, so that nothing else waits for hours of silence. */
export async function endTracks(
  tracks: Iterable<TrackWriter>,
  durationUs: number,
  pagesAtOnce: number,
  alone: Alone<TrackWriter>,
): Promise<void> {
  const endSamples = endSamplesOf(durationUs);
  const isDone = (track: TrackWriter) =>
    alone(track, () => track.finish(endSamples, { idle: pagesAtOnce, urgent: pagesAtOnce })) ?? true;
  for (const track of tracks) while (!isDone(track)) await nextTurn();
}

/**
 * Brings the index of a closed track that was given up to what its file holds. @returns what is missing, until the
 * session's end; null when nothing is.
 */
export async function mendGivenUp(
  folder: string,
  track: TrackWriter,
  durationUs: number,
  files: Files,
): Promise<Gap | null> {
  if (!track.gaveUp) return null;
  const { number, userId, lost } = track;
  const { opusPath, indexPath } = trackPaths(folder, number);
  const indexed = await readIndex(indexPath, opusPath, true).catch(() => []);
  const { spurts } = await mendTrack(folder, { number, userId, lost, spurts: indexed }, files).catch(() => ({
    // The disk does not take the repair either; what can be read of it is told.
    spurts: indexed,
  }));
  if (!track.opusFile.gaveUp) return null;
  return { track: number, startUs: spurts.at(-1)?.endUs ?? 0, endUs: durationUs, reason: 'disk' };
}
