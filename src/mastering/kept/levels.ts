/** The levels of a session's tracks from what was kept of them; measured, and kept, where they were not. */
import { denoiseWish } from '../edits/treatment.ts';
import { RenderError } from '../errors.ts';
import { levelAsRecorded, type MeasuredTrack } from '../plan.ts';
import { prepare, wantedTracks, type Workshop } from '../prepare.ts';
import type { Talk } from '../talk.ts';
import type { PartialTrack } from '../track-parts.ts';
import { cleaningKey, needsDenoise } from '../voices.ts';
import type { TrackAnalysis } from './analysis.ts';
import { keep, keptAnalysis } from './keep.ts';

export interface KeptLevels {
  /** Those that hold sound, with their levels after cleaning. */
  tracks: (MeasuredTrack & PartialTrack)[];
  talks: Talk[];
}

/** Throws RenderError where the session cannot be measured, or nothing can be kept of it. */
export async function levelsFromKept(workshop: Workshop): Promise<KeptLevels> {
  const kept = await readKept(workshop);
  if (kept !== undefined) return kept;
  const { session, scratchFolder } = workshop;
  (await prepare(workshop)).close();
  const why = await keep(session, scratchFolder);
  const measured = why === undefined ? await readKept(workshop) : undefined;
  if (measured !== undefined) return measured;
  throw new RenderError('unexpected', `Nothing of the analysis could be kept (${why ?? 'it changed'}).`);
}

/** Undefined when a track was never measured, or would be cleaned otherwise by now. */
async function readKept(workshop: Workshop): Promise<KeptLevels | undefined> {
  const { session, preset, edit } = workshop;
  const sounding: (MeasuredTrack & { analysis: TrackAnalysis })[] = [];
  for (const { track, as } of wantedTracks(workshop)) {
    const analysis = await keptAnalysis(session, track);
    if (analysis === undefined) return undefined;
    if (analysis.packets > 0) sounding.push({ track, as, analysis, levels: analysis.levels });
  }
  const { talks, asRecorded } = levelAsRecorded(sounding, preset);
  const tracks: KeptLevels['tracks'] = [];
  for (const [index, { track, as, analysis, levels }] of sounding.entries()) {
    const leveled = asRecorded.tracks[index]!;
    const denoised = as === 'voice' && needsDenoise(leveled, preset, denoiseWish(edit, track.number));
    const { cleaned } = analysis;
    if (as === 'voice' && cleaned?.key !== cleaningKey(leveled, preset, denoised)) return undefined;
    tracks.push({ track, as, leveled, denoised, levels: as === 'voice' ? cleaned!.levels : levels });
  }
  return { tracks, talks };
}
