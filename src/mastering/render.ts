/** The whole way of a render, in order: tracks, levels, master, renditions, report. Runs in the render process. */
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chaptersFrom, ffmetadata, vorbisMetadata } from './chapters.ts';
import { prepareCover } from './cover.ts';
import type { Arrangement } from './edits/arrangement.ts';
import { markersIn } from './edits/time-map.ts';
import { ENGINE_VERSION } from './engine.ts';
import { STEREO_LU } from './furniture/furnish.ts';
import { collectGains, gainsKey } from './kept/gains.ts';
import { keep, keptFolder } from './kept/keep.ts';
import { createMasters, type Master, type Masters } from './masters.ts';
import { writePeaks } from './peaks-file.ts';
import { openWorkshop, prepare, type Prepared, type RenderSurroundings, type Workshop } from './prepare.ts';
import { makeRendition, type VerifiedRendition } from './rendition.ts';
import { renderBytes } from './render-room.ts';
import { reportOf } from './report.ts';
import type { Chapter, KeptPiece, ParsedRequest, RenderResult, RenditionKind } from './request.ts';
import { requireSpace } from './scratch-space.ts';
import { usAt } from './session-clock.ts';

/** Throws RenderError or the error of ffmpeg; nothing stands in the output folder before everything succeeded. */
export async function render(
  request: ParsedRequest,
  surroundings: RenderSurroundings,
): Promise<RenderResult> {
  const workshop = await openWorkshop(request, surroundings);
  await requireSpace(surroundings.scratchFolder, renderBytes(workshop));
  const prepared = await prepare(workshop);
  try {
    return await renderPrepared(workshop, prepared);
  } finally {
    prepared.close();
  }
}

async function renderPrepared(workshop: Workshop, prepared: Prepared): Promise<RenderResult> {
  const { request, preset, session, scratchFolder, progress, breathe } = workshop;
  const { tracks, arrangement, leveling, channels } = prepared;
  const { timeMap } = arrangement;
  const targetLufs =
    leveling.targetLufs === null ? null : leveling.targetLufs + (channels === 2 ? STEREO_LU : 0);
  const masters = createMasters({
    ...{ tracks, leveling, arrangement, channels, targetLufs, scratchFolder },
    sounds: prepared.placed,
    ...{ limiter: preset.limiter, gateDepthDb: preset.gate.depthDb },
    breathe: async (doneSamples) => {
      progress('mix', doneSamples / timeMap.samples);
      await breathe();
    },
  });
  const master = await masters(preset.renditions[0]!.ceilingDbtp, askerOf(0));
  const { durationUs } = timeMap;
  const chapters = chaptersFrom(markersIn(timeMap, session.markers), request.title, durationUs);
  const encodable = { targetLufs, channels, masters, chapters, durationUs };
  const renditions = await encodeAll(workshop, encodable);
  await keepOutline(workshop, master);
  await collectGains(scratchFolder, {
    key: gainsKey(workshop, prepared.sounds),
    trimDb: master.trimDb,
    gainsDb: master.levels.map(({ gainDb }) => gainDb),
  });
  const notKept = await keep(session, scratchFolder);
  const report = reportOf({
    ...{ engineVersion: ENGINE_VERSION, session, prepared, master, targetLufs, renditions, notKept },
    transcript: request.transcript,
  });
  const reportPath = path.join(scratchFolder, 'report.json');
  await writeFile(reportPath, `${JSON.stringify(report, null, 2)}\n`);
  const finished = await publish(workshop, [reportPath, ...renditions.map(({ file }) => file.path)]);
  return {
    engineVersion: ENGINE_VERSION,
    durationUs,
    pieces: keptPieces(arrangement),
    renditions: renditions.map(({ file }, index) => ({ ...file, path: finished[index + 1]! })),
    chapters,
    speakers: tracks.map(({ track: { userId, displayName } }, index) => ({
      ...{ userId, displayName },
      measuredLufs: prepared.asRecorded.tracks[index]!.level.measured?.lufs ?? null,
      gainDb: master.levels[index]!.gainDb,
    })),
  };
}

interface Encodable {
  targetLufs: number | null;
  channels: 1 | 2;
  masters: Masters;
  chapters: readonly Chapter[];
  durationUs: number;
}

/** Two renditions of a preset may be of one kind. */
const askerOf = (rendition: number): string => `rendition ${rendition}`;

/** Every rendition of the preset, beside each other: an encoder uses one core. */
async function encodeAll(workshop: Workshop, encodable: Encodable) {
  const { targetLufs, channels, masters, chapters, durationUs } = encodable;
  const { ffmpeg, request, preset, scratchFolder, progress } = workshop;
  const coverPath = await prepareCover(ffmpeg, request.coverPath, scratchFolder);
  const metadata: Record<RenditionKind, string> = {
    ...{ mp3: ffmetadata(request, chapters, durationUs), m4a: ffmetadata(request, chapters, durationUs) },
    opus: vorbisMetadata(request, chapters),
  };
  const shares = preset.renditions.map(() => 0);
  const common = {
    ...{ coverPath, durationUs, channels, chapters: chapters.length },
    target: { lufs: targetLufs, toleranceLu: preset.toleranceLu, truePeakDbtp: preset.truePeakDbtp },
  };
  return Promise.all(
    preset.renditions.map(async (rendition, index): Promise<VerifiedRendition> => {
      const output = path.join(scratchFolder, `episode.${rendition.kind}`);
      const bitrateKbps = channels === 2 ? rendition.stereoBitrateKbps : rendition.bitrateKbps;
      const metadataPath = `${output}.ffmetadata`;
      await writeFile(metadataPath, metadata[rendition.kind]);
      const masterWith = async (ceilingDbtp: number) => {
        const { rawPath, integratedLufs } = await masters(ceilingDbtp, askerOf(index));
        const missingDb = targetLufs === null ? 0 : targetLufs - (integratedLufs ?? targetLufs);
        return { rawPath, trimDb: missingDb };
      };
      return makeRendition(
        ffmpeg,
        { ...common, ...rendition, bitrateKbps, metadataPath, output, masterWith },
        (share) => {
          shares[index] = share;
          progress('encode', shares.reduce((sum, share) => sum + share, 0) / shares.length);
        },
      );
    }),
  );
}

const keptPieces = ({ timeMap: { pieces, masterUs, nearestMasterUs } }: Arrangement): KeptPiece[] =>
  pieces.map((piece) => {
    const sessionUs = usAt(piece.from);
    const start = masterUs(sessionUs)!;
    const end = nearestMasterUs(usAt(piece.from + piece.length));
    return { sessionUs, masterUs: start, durationUs: end - start };
  });

/** Beside the session, for those who draw the master. */
const keepOutline = ({ scratchFolder }: Workshop, { peaks }: Master): Promise<void> =>
  writePeaks(keptFolder(scratchFolder, 'master'), 'peaks', peaks.finish());

/** Moves finished files out of the scratch folder, which is on the same file system: each appears whole. */
async function publish({ request, signal }: Workshop, files: readonly string[]): Promise<string[]> {
  signal.throwIfAborted();
  return Promise.all(
    files.map(async (file) => {
      const finished = path.join(request.outputFolder, path.basename(file));
      await rename(file, finished);
      return finished;
    }),
  );
}
