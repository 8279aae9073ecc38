/** The whole way of a render, in order: tracks, levels, master, renditions, report. Runs in the render process. */
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readSession, type RecordedSession } from '../../recorder/session/reader.ts';
import { chaptersFrom, ffmetadata } from './chapters.ts';
import { prepareCover } from './cover.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import { levelSession, type Leveling } from './leveling.ts';
import { arrange, keepsWindow, levelsUnder, type Arrangement } from './edits/arrangement.ts';
import { checkEdit, NO_EDIT } from './edits/edit.ts';
import { createMasters, type Master } from './masters.ts';
import { readPreset, type Preset } from './preset.ts';
import { createProgress, type Progress } from './progress.ts';
import { makeRendition, type VerifiedRendition } from './rendition.ts';
import { reportOf } from './report.ts';
import type { Chapter, KeptPiece, ParsedRequest, RenderResult } from './request.ts';
import { samplesAt, usAt } from './session-clock.ts';
import { findTalk } from './talk.ts';
import { readTracks, type MixedTrack } from './tracks.ts';

/** Part of every result and report: raised when the same session would sound different. */
const ENGINE_VERSION = 'stagecast-mastering 2';

export interface RenderSurroundings {
  ffmpeg: FfmpegRunner;
  scratchFolder: string;
  signal: AbortSignal;
  onProgress: (percent: number) => void;
}

interface Workshop extends RenderSurroundings {
  request: ParsedRequest;
  preset: Preset;
  session: RecordedSession;
  progress: Progress;
  /** Lets signals in, and throws once the render is to stop. */
  breathe: () => Promise<void>;
}

/** Throws RenderError or the error of ffmpeg; nothing stands in the output folder before everything succeeded. */
export async function render(
  request: ParsedRequest,
  surroundings: RenderSurroundings,
): Promise<RenderResult> {
  const { ffmpeg, scratchFolder, signal } = surroundings;
  const preset = await readPreset(request.preset);
  const session = await readSession(request.sessionFolder);
  checkEdit(request.edit ?? NO_EDIT, session);
  const progress = createProgress(surroundings.onProgress);
  const breathe = async () => {
    await nextTurn();
    signal.throwIfAborted();
  };
  const workshop: Workshop = { ...surroundings, request, preset, session, progress, breathe };
  const samples = samplesAt(session.durationUs);
  const people = session.tracks.filter(({ bot }) => !bot);
  const tracks = await readTracks(ffmpeg, { tracks: people, samples, scratchFolder, progress, breathe });
  try {
    return await renderTracks(workshop, tracks);
  } finally {
    for (const { audio } of tracks) audio.close();
  }
}

async function renderTracks(workshop: Workshop, tracks: MixedTrack[]): Promise<RenderResult> {
  const { request, preset, session, scratchFolder, progress, breathe } = workshop;
  const levels = tracks.map((track) => track.levels);
  const talks = findTalk(levels);
  const arrangement = arrange(
    request.edit ?? NO_EDIT,
    session.durationUs,
    tracks.map(({ track }) => track),
    talks.map(({ own }) => own),
  );
  const { timeMap, curves } = arrangement;
  const leveling = levelSession({
    ...{ levels, talks, preset },
    heard: levels.map((each, index) => levelsUnder(each, curves[index])),
    keeps: (block) => keepsWindow(arrangement, block),
  });
  const masters = createMasters({
    ...{
      tracks,
      leveling,
      arrangement,
      scratchFolder,
      limiter: preset.limiter,
      gateDepthDb: preset.gate.depthDb,
    },
    breathe: async (doneSamples) => {
      progress('mix', doneSamples / timeMap.samples);
      await breathe();
    },
  });
  const master = await masters(preset.renditions[0]!.ceilingDbtp);
  const { durationUs } = timeMap;
  const markers = session.markers.map(({ atUs, name }) => ({ atUs: timeMap.nearestMasterUs(atUs), name }));
  const chapters = chaptersFrom(markers, request.title, durationUs);
  const renditions = await encodeAll(workshop, { leveling, master, masters, chapters, durationUs });
  const report = reportOf({
    ...{ engineVersion: ENGINE_VERSION, session, timeMap, tracks, leveling, master, renditions },
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
    speakers: tracks.map(({ track: { userId, displayName } }, index) => {
      const { measured, gainDb } = master.levels[index]!;
      return { userId, displayName, measuredLufs: measured?.lufs ?? null, gainDb };
    }),
  };
}

interface Encodable {
  leveling: Leveling;
  master: Master;
  masters: (ceilingDbtp: number) => Promise<Master>;
  chapters: readonly Chapter[];
  durationUs: number;
}

/** Every rendition of the preset, beside each other: an encoder uses one core. */
async function encodeAll(workshop: Workshop, encodable: Encodable) {
  const { leveling, master, masters, chapters, durationUs } = encodable;
  const { ffmpeg, request, preset, scratchFolder, progress } = workshop;
  const coverPath = await prepareCover(ffmpeg, request.coverPath, scratchFolder);
  const metadataPath = path.join(scratchFolder, 'tags.ffmetadata');
  await writeFile(metadataPath, ffmetadata(request, chapters, durationUs));
  const { targetLufs } = leveling;
  const shares = preset.renditions.map(() => 0);
  const common = {
    ...{ metadataPath, coverPath, durationUs, chapters: chapters.length },
    trimDb: targetLufs === null ? 0 : targetLufs - (master.integratedLufs ?? targetLufs),
    target: { lufs: targetLufs, toleranceLu: preset.toleranceLu, truePeakDbtp: preset.truePeakDbtp },
    masterWith: async (ceilingDbtp: number) => (await masters(ceilingDbtp)).rawPath,
  };
  return Promise.all(
    preset.renditions.map(async (rendition, index): Promise<VerifiedRendition> => {
      const output = path.join(scratchFolder, `episode.${rendition.kind}`);
      return makeRendition(ffmpeg, { ...common, ...rendition, output }, (seconds) => {
        shares[index] = (seconds * 1_000_000) / durationUs;
        progress('encode', shares.reduce((sum, share) => sum + share, 0) / shares.length);
      });
    }),
  );
}

const keptPieces = ({ timeMap: { pieces, samples, durationUs } }: Arrangement): KeptPiece[] =>
  pieces.map(({ from, at, length }) => ({
    ...{ sessionUs: usAt(from), masterUs: usAt(at) },
    durationUs: at + length === samples ? durationUs - usAt(at) : usAt(length),
  }));

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
