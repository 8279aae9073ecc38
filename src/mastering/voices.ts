/** Cleans the voices of a session in their scratch files, and measures them anew. Music is left as it is. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { cleanTrack } from './chain/clean-track.ts';
import { denoiseFile } from './chain/denoise.ts';
import { createVoiceChain } from './chain/voice-chain.ts';
import type { ParsedEdit } from './edits/edit.ts';
import { denoiseWish } from './edits/treatment.ts';
import type { FfmpegRunner } from './ffmpeg.ts';
import { followAt, linear, type SpeakerLevel } from './gains.ts';
import { collectAnalysis } from './kept/keep.ts';
import type { LeveledTrack, Leveling } from './leveling.ts';
import { trackLevels, type Levels } from './levels.ts';
import { inPool } from './pool.ts';
import type { Preset } from './preset.ts';
import type { Progress } from './progress.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';
import { openTrackAudio } from './track-audio.ts';
import type { MixedTrack } from './tracks.ts';

export interface CleaningOrder {
  engine: string;
  tracks: readonly MixedTrack[];
  /** By the voices as they came. */
  leveling: Leveling;
  preset: Preset;
  edit: ParsedEdit;
  scratchFolder: string;
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
  const { tracks, leveling, progress } = order;
  let done = 0;
  return inPool(tracks, availableParallelism(), async (track, index) => {
    const cleaned =
      track.as === 'voice'
        ? await clean(ffmpeg, order, track, leveling.tracks[index]!)
        : { ...track, denoised: false };
    progress('clean', (done += 1) / tracks.length);
    return cleaned;
  });
}

async function clean(
  ffmpeg: FfmpegRunner,
  order: CleaningOrder,
  track: MixedTrack,
  leveled: LeveledTrack,
): Promise<CleanedTrack> {
  const { engine, preset, edit, scratchFolder, samples, breathe } = order;
  const denoised = needsDenoise(leveled, preset, denoiseWish(edit, track.track.number));
  const audio = denoised ? await denoise(ffmpeg, track, leveled, preset) : track.audio;
  await throughChain({ track: { ...track, audio }, leveled, preset, breathe });
  const key = cleaningKey(leveled, preset, denoised);
  const known = track.kept?.cleaned?.key === key ? track.kept.cleaned.levels : undefined;
  const levels: Levels = known ?? (await trackLevels(audio, samples, breathe));
  if (known === undefined) {
    const { trackBytes, packets, stereo, missingSamples } = track;
    await collectAnalysis(scratchFolder, track.track.number, {
      ...{ engine, trackBytes, packets, stereo, channels: 1 as const, missingSamples },
      levels: track.levels,
      cleaned: { key, denoised, levels },
    });
  }
  return { ...track, audio, levels, denoised };
}

/** Another file has the place of the one that was open. */
async function denoise(ffmpeg: FfmpegRunner, track: MixedTrack, leveled: LeveledTrack, { voice }: Preset) {
  await denoiseFile(ffmpeg, track.rawPath, leveled.noiseLufs!, voice.denoise!);
  track.audio.close();
  return openTrackAudio(track.rawPath, track.audio.runs);
}

/** How far a voice stands above its own noise, dB. */
const snrOf = ({ level: { measured }, noiseLufs }: Pick<LeveledTrack, 'level' | 'noiseLufs'>): number =>
  measured === null || noiseLufs === null ? Infinity : measured.lufs - noiseLufs;

/** By what was measured, unless a producer wishes otherwise; a track without pauses has no noise to go by. */
export function needsDenoise(leveled: LeveledTrack, { voice }: Preset, wish: boolean | undefined): boolean {
  if (voice.denoise === undefined || leveled.noiseLufs === null) return false;
  return wish ?? snrOf(leveled) < voice.denoise.belowSnrDb;
}

/** Everything that the levels of a cleaned voice depend on, beside the recording. */
export function cleaningKey(
  { level, noiseLufs }: LeveledTrack,
  { voice, targetLufs }: Preset,
  denoised: boolean,
): string {
  const { gainDb, follow } = level;
  return createHash('sha256')
    .update(JSON.stringify([voice, targetLufs, gainDb, denoised && noiseLufs]))
    .update(follow)
    .digest('hex');
}

export interface ChainOrder {
  track: Pick<MixedTrack, 'audio' | 'rawPath'>;
  leveled: { level: Pick<SpeakerLevel, 'gainDb' | 'follow'> };
  preset: Preset;
  breathe: () => Promise<void>;
}

/** Takes the samples of a track through the chain of its voice, in place. */
export function throughChain({ track, leveled, preset, breathe }: ChainOrder): Promise<void> {
  const { gainDb, follow } = leveled.level;
  return cleanTrack({
    ...{ rawPath: track.rawPath, runs: track.audio.runs, breathe },
    chain: createVoiceChain(preset.voice, preset.targetLufs),
    gainAt: (sample) => linear(gainDb + followAt(follow, Math.max(0, sample) / SAMPLE_RATE_HZ)),
  });
}
