/** Cleans the voices of a session in their scratch files, and measures them anew. Music is left as it is. */
import { availableParallelism } from 'node:os';
import { cleanTrack } from './chain/clean-track.ts';
import { denoiseFile } from './chain/denoise.ts';
import { createVoiceChain } from './chain/voice-chain.ts';
import type { ParsedEdit } from './edits/edit.ts';
import { denoiseWish } from './edits/treatment.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import { followAt, linear } from './gains.ts';
import type { LeveledTrack, Leveling } from './leveling.ts';
import { trackLevels } from './levels.ts';
import { inPool } from './pool.ts';
import type { Preset } from './preset.ts';
import type { Progress } from './progress.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';
import { openTrackAudio } from './track-audio.ts';
import type { MixedTrack } from './tracks.ts';

export interface CleaningOrder {
  tracks: readonly MixedTrack[];
  /** By the voices as they came. */
  leveling: Leveling;
  preset: Preset;
  edit: ParsedEdit;
  /** Length of the session. */
  samples: number;
  progress: Progress;
  breathe: () => Promise<void>;
}

/** A track with what was done to it, and its levels thereafter. */
export interface CleanedTrack extends MixedTrack {
  denoised: boolean;
}

/** The audio of a track that was denoised is another than before; the caller closes those that are answered. */
export async function cleanVoices(ffmpeg: FfmpegRunner, order: CleaningOrder): Promise<CleanedTrack[]> {
  const { tracks, leveling, preset, edit, progress } = order;
  let done = 0;
  return inPool(tracks, availableParallelism(), async (track, index) => {
    const leveled = leveling.tracks[index]!;
    const { denoise: settings } = preset.voice;
    const denoised =
      settings !== undefined &&
      track.as === 'voice' &&
      leveled.noiseLufs !== null &&
      (denoiseWish(edit, track.track.number) ?? snrOf(leveled) < settings.belowSnrDb);
    if (denoised) await denoiseFile(ffmpeg, track.rawPath, leveled.noiseLufs!, settings);
    const cleaned = { ...track, denoised, audio: denoised ? reopened(track) : track.audio };
    const levels = track.as === 'voice' ? await throughChain(order, cleaned, leveled) : cleaned.levels;
    progress('clean', (done += 1) / tracks.length);
    return { ...cleaned, levels };
  });
}

/** How far a voice stands above its own noise, dB. */
export const snrOf = ({ level: { measured }, noiseLufs }: LeveledTrack): number =>
  measured === null || noiseLufs === null ? Infinity : measured.lufs - noiseLufs;

function reopened({ audio, rawPath }: MixedTrack) {
  audio.close();
  return openTrackAudio(rawPath, audio.runs);
}

async function throughChain(
  { preset, samples, breathe }: CleaningOrder,
  { rawPath, audio }: MixedTrack,
  { level: { gainDb, follow } }: LeveledTrack,
) {
  await cleanTrack({
    ...{ rawPath, runs: audio.runs, breathe },
    chain: createVoiceChain(preset.voice, preset.targetLufs),
    gainAt: (sample) => linear(gainDb + followAt(follow, Math.max(0, sample) / SAMPLE_RATE_HZ)),
  });
  return trackLevels(audio, samples, breathe);
}
