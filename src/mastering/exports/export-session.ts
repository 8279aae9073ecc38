/** The whole way of an export, in order: session, room on the disk, tracks, documents, checksums. Runs in the render process. */
import { rename, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { readSession, type RecordedSession } from '../../../recorder/session/reader.ts';
import { RenderError } from '../errors.ts';
import { inPool } from '../pool.ts';
import type { RenderSurroundings } from '../prepare.ts';
import { requireSpace } from '../scratch-space.ts';
import { samplesAt } from '../session-clock.ts';
import { documentsOf, writeDocuments } from './documents.ts';
import { rangeName, sessionName, speakerName } from './file-names.ts';
import { originOf } from './origin.ts';
import type { ExportedFile, ExportRequest, ExportResult } from './request.ts';
import { neededBytes } from './room.ts';
import type { Timeline } from './timeline.ts';
import { writeTrack, type TrackOrder } from './track-file.ts';
import { checksumOf } from './zip-body.ts';

/** Throws RenderError or the error of ffmpeg; nothing stands in the output folder before everything succeeded. */
export async function exportSession(
  request: ExportRequest,
  surroundings: RenderSurroundings,
): Promise<ExportResult> {
  const { scratchFolder, signal } = surroundings;
  const session = await readSession(request.sessionFolder);
  const { fromUs, toUs } = rangeOf(session, request);
  const { format, showTitle, timeZone } = request;
  const [from, to] = [samplesAt(fromUs), samplesAt(toUs)];
  const width = availableParallelism();
  const sessionBase = sessionName(session.startedAtMs, showTitle, timeZone);
  const base = request.range === undefined ? sessionBase : sessionBase + rangeName(fromUs, toUs);
  await requireSpace(scratchFolder, neededBytes(format, session.tracks, { fromUs, toUs, width }));
  const common = {
    ...{ format, from, to, scratchFolder, showTitle, session, signal },
    whole: request.range === undefined && session.sealed,
    origin: originOf(session.startedAtMs, fromUs, timeZone),
  };
  const progress = progressOf(session.tracks.length, surroundings.onProgress);
  const tracks = await inPool(session.tracks, width, async (track, index) => {
    const fileName = `${base} - ${speakerName(track)}.${format}`;
    const order: TrackOrder = { ...common, track, output: path.join(scratchFolder, fileName) };
    const channels = await writeTrack(surroundings.ffmpeg, order, (share) => progress(index, share));
    return { number: track.number, name: track.displayName, fileName, channels };
  });
  const timeline: Timeline = {
    ...{ title: session.title, format, samples: to - from, tracks },
    startedAtMs: session.startedAtMs + fromUs / 1000,
    markers: session.markers.flatMap(({ atUs, name }) =>
      atUs >= fromUs && atUs < toUs ? [{ atUs: atUs - fromUs, name }] : [],
    ),
  };
  const documents = documentsOf(base, timeline, notesOf(request, session));
  await writeDocuments(scratchFolder, documents);
  const files = [
    ...(await measured(
      'document',
      scratchFolder,
      documents.map(({ name }) => name),
      signal,
    )),
    ...(await measured(
      'track',
      scratchFolder,
      tracks.map(({ fileName }) => fileName),
      signal,
    )),
  ];
  await requireNobodyErased(session);
  for (const { name } of files)
    await rename(path.join(scratchFolder, name), path.join(request.outputFolder, name));
  return { name: base, fromUs, toUs, files };
}

function rangeOf(session: RecordedSession, { range }: ExportRequest): { fromUs: number; toUs: number } {
  const durationUs = Math.round(session.durationUs);
  const { fromUs = 0, toUs = durationUs } = range ?? {};
  if (session.tracks.length === 0)
    throw new RenderError(
      'no-speech',
      'Nobody was heard in this recording, so there are no tracks to export.',
    );
  if (fromUs >= durationUs)
    throw new RenderError(
      'empty-range',
      `The recording is ${(durationUs / 1e6).toFixed(0)} s long${session.sealed ? '' : ' so far'}, and the part begins at ${(fromUs / 1e6).toFixed(0)} s. Choose an earlier one.`,
    );
  return { fromUs, toUs: Math.min(toUs, durationUs) };
}

function notesOf({ format, range }: ExportRequest, session: RecordedSession): string[] {
  const lost = session.tracks.reduce((sum, track) => sum + track.lost, 0);
  return [
    format === 'opus'
      ? 'Each packet is as Discord sent it, never decoded, and stands within 1.25 ms of when it was said.'
      : 'Each sound stands to the sample where it was said: 24 bits, 48 kHz. What was lost on the way is silence.',
    ...(lost > 0 ? [`${lost} packets of 20 ms were lost on the way to us.`] : []),
    ...(session.sealed ? [] : ['The recording was still running; this is what there was of it.']),
    ...(range === undefined ? [] : ['This is a part of the recording.']),
  ];
}

/** A speaker who was erased meanwhile is in what was made. */
async function requireNobodyErased({ folder, erasedTracks }: RecordedSession): Promise<void> {
  const now = await readSession(folder);
  if (now.erasedTracks === erasedTracks) return;
  throw new RenderError(
    'unexpected',
    'A speaker was erased from the recording while this was made. It is made anew.',
  );
}

function progressOf(tracks: number, report: (percent: number) => void) {
  const shares = new Array<number>(tracks).fill(0);
  let last = -1;
  return (track: number, share: number) => {
    shares[track] = share;
    const percent = Math.min(99, Math.floor((shares.reduce((sum, each) => sum + each, 0) / tracks) * 99));
    if (percent <= last) return;
    last = percent;
    report(percent);
  };
}

async function measured(
  kind: ExportedFile['kind'],
  folder: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const { size: bytes } = await stat(file);
    files.push({ kind, name, bytes, crc32: await checksumOf(file, bytes, signal) });
  }
  return files;
}
