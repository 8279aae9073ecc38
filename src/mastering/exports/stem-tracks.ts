/** The tracks of an export as they are in a master. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { markersIn } from '../edits/time-map.ts';
import { inPool } from '../pool.ts';
import type { RenderSurroundings } from '../prepare.ts';
import { requireSpace } from '../scratch-space.ts';
import { sessionName, speakerName } from './file-names.ts';
import type { ExportOrder, Made } from './made.ts';
import { originOf } from './origin.ts';
import type { ParsedExportRequest } from './request.ts';
import { stemBytes } from './room.ts';
import { progressOf } from './share-progress.ts';
import { HEADROOM_DB, openStems } from './stems.ts';
import { writeSources } from './track-file.ts';

export async function writeStems(
  { request, session }: ExportOrder,
  processed: NonNullable<ParsedExportRequest['processed']>,
  surroundings: RenderSurroundings,
): Promise<Made> {
  const { format, showTitle, timeZone, sessionFolder, outputFolder, ffmpegPath, ffprobePath } = request;
  const { ffmpeg, scratchFolder, signal, onProgress } = surroundings;
  const width = availableParallelism();
  await requireSpace(scratchFolder, stemBytes({ format, session, request: processed, width }));
  const asRender = { sessionFolder, outputFolder, ffmpegPath, ffprobePath, ...processed };
  const untitled = { title: session.title, showTitle, author: '' };
  const { stems, timeMap, close } = await openStems(
    { ...asRender, ...untitled },
    {
      ...surroundings,
      onProgress: (percent) => onProgress(percent / 2),
    },
  );
  try {
    const base = `${sessionName(session.startedAtMs, showTitle, timeZone)} - mastered`;
    const origin = originOf(session.startedAtMs, 0, timeZone);
    const progress = progressOf(stems.length, (percent) => onProgress(50 + percent / 2));
    const tracks = await inPool(stems, width, async (stem, index) => {
      const fileName = `${base} - ${speakerName(stem)}.${format}`;
      const output = path.join(scratchFolder, fileName);
      const order = { format, from: 0, to: timeMap.samples, showTitle, session, origin, track: stem, output };
      await writeSources(ffmpeg, order, stem.sources, async (share) => {
        progress(index, share);
        await nextTurn();
        signal.throwIfAborted();
      });
      return { number: stem.number, name: stem.displayName, fileName, channels: stem.sources.length };
    });
    const { samples } = timeMap;
    const markers = markersIn(timeMap, session.markers);
    const timeline = {
      title: session.title,
      format,
      samples,
      tracks,
      startedAtMs: session.startedAtMs,
      markers,
    };
    return { base, timeline, notes: [...STEM_NOTES] };
  } finally {
    close();
  }
}

const STEM_NOTES = [
  `Each voice is cleaned, leveled and edited as in the master, and as long as it: 24 bits, 48 kHz, ${HEADROOM_DB} dB below its level there.`,
  `Turned up by ${HEADROOM_DB} dB, all of them together are the master before its limiter.`,
];
