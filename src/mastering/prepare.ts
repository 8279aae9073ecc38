/** What every master is made from: tracks decoded, cleaned and leveled, an edit worked out, a show's sounds laid out. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readSession, type RecordedSession } from '../../recorder/session/reader.ts';
import { arrange, keepsWindow, levelsUnder, type Arrangement } from './edits/arrangement.ts';
import { checkEdit, NO_EDIT, type ParsedEdit } from './edits/edit.ts';
import { treatmentOf } from './edits/treatment.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import type { PlacedSound } from './furniture/clips.ts';
import { lengthsOf, openSounds, placeSounds } from './furniture/furnish.ts';
import { levelSession, type Leveling } from './leveling.ts';
import { readPreset, type Preset } from './preset.ts';
import { createProgress, type Progress } from './progress.ts';
import type { ParsedRequest } from './request.ts';
import { samplesAt } from './session-clock.ts';
import { findTalk, musicTalk } from './talk.ts';
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
  edit: ParsedEdit;
  preset: Preset;
  session: RecordedSession;
  progress: Progress;
  /** Lets signals in, and throws once the render is to stop. */
  breathe: () => Promise<void>;
}

export interface Prepared {
  tracks: readonly CleanedTrack[];
  /** By the voices as they were recorded, and as they are after cleaning. */
  asRecorded: Leveling;
  leveling: Leveling;
  arrangement: Arrangement;
  placed: readonly PlacedSound[];
  channels: 1 | 2;
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
  return { ...surroundings, request, edit, preset, session, progress, breathe };
}

/** Throws RenderError `no-speech` when nobody is heard, `bad-furniture`, and the errors of ffmpeg. */
export async function prepare(workshop: Workshop): Promise<Prepared> {
  const { ffmpeg, scratchFolder, request, edit, preset, session } = workshop;
  const sounds = await openSounds(ffmpeg, request.furniture, scratchFolder);
  const samples = samplesAt(session.durationUs);
  const wanted = session.tracks.flatMap((track) => {
    const as = treatmentOf(edit, track);
    return as === 'left-out' ? [] : [{ track, as }];
  });
  const read = await readTracks(ffmpeg, { ...workshop, tracks: wanted, samples });
  const music = read.map(({ as }) => as === 'music');
  const levels = read.map((track) => track.levels);
  const talks = findTalk(levels).map((talk, index) => (music[index] ? musicTalk(levels[index]!) : talk));
  const asRecorded = levelSession({ levels, talks, music, preset });
  const tracks = await cleanVoices(ffmpeg, { ...workshop, tracks: read, leveling: asRecorded, samples });
  const arrangement = arrange({
    ...{ edit, durationUs: session.durationUs, tracks: tracks.map(({ track }) => track) },
    voices: talks.map(({ own }) => own),
    ...{ furniture: lengthsOf(sounds), overlapMs: preset.furniture.overlapMs },
  });
  const cleaned = tracks.map((track) => track.levels);
  const leveling = levelSession({
    ...{ levels: cleaned, talks, music, preset },
    heard: cleaned.map((each, index) => levelsUnder(each, arrangement.curves[index])),
    keeps: (block) => keepsWindow(arrangement, block),
  });
  const channels = preset.stereo || Object.values(sounds).some((sound) => sound.channels === 2) ? 2 : 1;
  const placed = placeSounds({
    ...{ sounds, layout: arrangement.layout, arrangement, settings: preset.furniture },
    voicesLufs: leveling.targetLufs ?? leveling.mix.lufs,
  });
  const close = () => {
    for (const { audio } of tracks) audio.close();
    for (const sound of Object.values(sounds)) sound.close();
  };
  return { tracks, asRecorded, leveling, arrangement, placed, channels, close };
}
