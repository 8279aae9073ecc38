/** The tracks of an export as they were recorded. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { RecordedSession } from '../../../recorder/session/reader.ts';
import { inPool } from '../pool.ts';
import type { RenderSurroundings } from '../prepare.ts';
import { requireSpace } from '../scratch-space.ts';
import { samplesAt } from '../session-clock.ts';
import { rangeName, sessionName, speakerName } from './file-names.ts';
import type { ExportOrder, Made } from './made.ts';
import { millisecondsOf, worstInOpusUs } from './opus-placement.ts';
import { originOf } from './origin.ts';
import type { ParsedExportRequest } from './request.ts';
import { neededBytes } from './room.ts';
import { progressOf } from './share-progress.ts';
import type { Timeline } from './timeline.ts';
import { writeTrack, type TrackOrder } from './track-file.ts';

export async function writeRecorded(
  { request, session, fromUs, toUs }: ExportOrder,
  { ffmpeg, scratchFolder, signal, onProgress }: RenderSurroundings,
): Promise<Made> {
  const { format, showTitle, timeZone, range } = request;
  const [from, to] = [samplesAt(fromUs), samplesAt(toUs)];
  const width = availableParallelism();
  const sessionBase = sessionName(session.startedAtMs, showTitle, timeZone);
  const base = range === undefined ? sessionBase : sessionBase + rangeName(fromUs, toUs);
  await requireSpace(scratchFolder, neededBytes(format, session.tracks, { fromUs, toUs, width }));
  const common = {
    ...{ format, from, to, scratchFolder, showTitle, session, signal },
    whole: range === undefined && session.sealed,
    origin: originOf(session.startedAtMs, fromUs, timeZone),
  };
  const progress = progressOf(session.tracks.length, onProgress);
  const tracks = await inPool(session.tracks, width, async (track, index) => {
    const fileName = `${base} - ${speakerName(track)}.${format}`;
    const order: TrackOrder = { ...common, track, output: path.join(scratchFolder, fileName) };
    const channels = await writeTrack(ffmpeg, order, (share) => progress(index, share));
    return { number: track.number, name: track.displayName, fileName, channels };
  });
  const timeline: Timeline = {
    ...{ title: session.title, format, samples: to - from, tracks },
    startedAtMs: session.startedAtMs + fromUs / 1000,
    markers: session.markers.flatMap(({ atUs, name }) =>
      atUs >= fromUs && atUs < toUs ? [{ atUs: atUs - fromUs, name }] : [],
    ),
  };
  return { base, timeline, notes: notesOf(request, session, await worstOf(request, session)) };
}

/** Of all Opus tracks the worst packet; other formats are placed anew. */
async function worstOf({ format }: ParsedExportRequest, { tracks }: RecordedSession): Promise<number> {
  let worstUs = 0;
  if (format === 'opus') for (const track of tracks) worstUs = Math.max(worstUs, await worstInOpusUs(track));
  return worstUs;
}

function notesOf(
  { format, range }: ParsedExportRequest,
  session: RecordedSession,
  worstUs: number,
): string[] {
  const lost = session.tracks.reduce((sum, track) => sum + track.lost, 0);
  return [
    format === 'opus'
      ? `Each packet is as Discord sent it, never decoded, and stands within ${millisecondsOf(worstUs)} of when it was said.`
      : 'Each sound stands to the sample where it was said: 24 bits, 48 kHz. What was lost on the way is silence.',
    ...(lost > 0 ? [`${lost} packets of 20 ms were lost on the way to us.`] : []),
    ...(session.sealed ? [] : ['The recording was still running; this is what there was of it.']),
    ...(range === undefined ? [] : ['This is a part of the recording.']),
  ];
}
