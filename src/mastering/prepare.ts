/** What every master is made from: tracks decoded, cleaned and leveled, an edit worked out, a show's sounds laid out. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readSession, type RecordedSession } from '../../recorder/session/reader.ts';
import { checkEdit, NO_EDIT, type ParsedEdit } from './edits/edit.ts';
import { treatmentOf } from './edits/treatment.ts';
import { engineKey } from './engine.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import type { PlacedSound } from './furniture/clips.ts';
import { openSounds, withSamples, type Sounds } from './furniture/furnish.ts';
import { collectLeveled } from './kept/leveled-session.ts';
import { collectFigures } from './kept/sound-figures.ts';
import type { Leveling } from './leveling.ts';
import { levelAsRecorded, masterChannels, planMaster, type MasterPlan } from './plan.ts';
import { readPreset, type Preset } from './preset.ts';
import { createProgress, type Progress } from './progress.ts';
import type { ParsedRequest } from './request.ts';
import { samplesAt } from './session-clock.ts';
import { readTracks } from './tracks.ts';
import { cleanVoices, type CleanedTrack } from './voices.ts';

export interface RenderSurroundings {
  ffmpeg: FfmpegRunner;
  scratchFolder: string;
  signal: AbortSignal;
  onProgress: (percent: number) => void;
}

export interface Workshop extends RenderSurroundings {
  request: ParsedRequest;
  /** Names what decodes and filters; part of every key of what is kept. */
  engine: string;
  edit: ParsedEdit;
  preset: Preset;
  session: RecordedSession;
  progress: Progress;
  /** Lets signals in, and throws once the render is to stop. */
  breathe: () => Promise<void>;
}

export interface Prepared extends MasterPlan {
  placed: readonly PlacedSound[];
  tracks: readonly CleanedTrack[];
  /** By the voices as they were recorded. */
  asRecorded: Leveling;
  sounds: Sounds;
  close: () => void;
}

/** Throws RenderError for a preset, a session or an edit that cannot be used. */
export async function openWorkshop(
  request: ParsedRequest,
  surroundings: RenderSurroundings,
): Promise<Workshop> {
  const preset = await readPreset(request.preset);
  const session = await readSession(request.sessionFolder);
  const edit = request.edit ?? NO_EDIT;
  checkEdit(edit, session);
  const breathe = async () => {
    await nextTurn();
    surroundings.signal.throwIfAborted();
  };
  const progress = createProgress(surroundings.onProgress);
  const engine = await engineKey(request.ffmpegPath);
  return { ...surroundings, request, engine, edit, preset, session, progress, breathe };
}

/**
 * Music has as many channels as the master, or all that were sent, where those are asked for. Throws RenderError `no-speech`
 * when nobody is heard, `bad-furniture`, and the errors of ffmpeg.
 */
export async function prepare(workshop: Workshop, keepsStereo = false): Promise<Prepared> {
  const { ffmpeg, scratchFolder, request, preset, session } = workshop;
  const open: { close: () => void }[] = [];
  const close = () => {
    for (const each of open.splice(0)) each.close();
  };
  try {
    const sounds = await openSounds(ffmpeg, request.furniture, scratchFolder);
    open.push(...Object.values(sounds));
    const samples = samplesAt(session.durationUs);
    const musicChannels = keepsStereo ? 2 : masterChannels(preset, sounds);
    const wanted = { tracks: wantedTracks(workshop), samples, musicChannels };
    const read = await readTracks(ffmpeg, { ...workshop, ...wanted });
    const { asRecorded, talks } = levelAsRecorded(read, preset);
    const tracks = await cleanVoices(ffmpeg, { ...workshop, tracks: read, leveling: asRecorded, samples });
    open.push(...tracks.map(({ audio }) => audio));
    const plan = planMaster({ ...workshop, tracks, talks, sounds });
    const { leveling, energies } = plan;
    const parts = tracks.map((track) => ({ ...track, channels: track.audio.channels }));
    const decided = { talks, asRecorded, leveled: leveling.tracks, energies };
    await collectLeveled(workshop, { tracks: parts, musicChannels, ...decided });
    await collectFigures(workshop, sounds);
    return { ...plan, placed: withSamples(plan.placed, sounds), tracks, asRecorded, sounds, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The tracks that an edit does not leave out. */
export const wantedTracks = ({ session, edit }: Workshop) =>
  session.tracks.flatMap((track) => {
    const as = treatmentOf(edit, track);
    return as === 'left-out' ? [] : [{ track, as }];
  });
