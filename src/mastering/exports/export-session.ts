/** The whole way of an export, in order: session, room on the disk, tracks, documents, checksums. Runs in the render process. */
import { rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { readSession, type RecordedSession } from '../../../recorder/session/reader.ts';
import { RenderError } from '../errors.ts';
import type { RenderSurroundings } from '../prepare.ts';
import { documentsOf, writeDocuments } from './documents.ts';
import { writeRecorded } from './recorded-tracks.ts';
import type { ExportedFile, ExportResult, ParsedExportRequest } from './request.ts';
import { writeStems } from './stem-tracks.ts';
import { checksumOf } from './zip-body.ts';

/** Throws RenderError or the error of ffmpeg; nothing stands in the output folder before everything succeeded. */
export async function exportSession(
  request: ParsedExportRequest,
  surroundings: RenderSurroundings,
): Promise<ExportResult> {
  const { scratchFolder, signal } = surroundings;
  const session = await readSession(request.sessionFolder);
  const { fromUs, toUs } = rangeOf(session, request);
  const order = { request, session, fromUs, toUs };
  const made =
    request.processed === undefined
      ? await writeRecorded(order, surroundings)
      : await writeStems(order, request.processed, surroundings);
  const { base, timeline, notes } = made;
  const documents = documentsOf(base, timeline, notes);
  await writeDocuments(scratchFolder, documents);
  const documentNames = documents.map(({ name }) => name);
  const trackNames = timeline.tracks.map(({ fileName }) => fileName);
  const files = [
    ...(await measured('document', scratchFolder, documentNames, signal)),
    ...(await measured('track', scratchFolder, trackNames, signal)),
  ];
  await requireNobodyErased(session);
  for (const { name } of files)
    await rename(path.join(scratchFolder, name), path.join(request.outputFolder, name));
  return { name: base, fromUs, toUs, files };
}

function rangeOf(session: RecordedSession, { range }: ParsedExportRequest): { fromUs: number; toUs: number } {
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

/** A speaker who was erased meanwhile is in what was made. */
async function requireNobodyErased({ folder, erasedTracks }: RecordedSession): Promise<void> {
  const now = await readSession(folder);
  if (now.erasedTracks === erasedTracks) return;
  throw new RenderError(
    'unexpected',
    'A speaker was erased from the recording while this was made. It is made anew.',
  );
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
