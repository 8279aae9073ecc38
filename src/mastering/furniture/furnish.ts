/** A show's sounds, ready to be mixed: decoded, brought to a loudness, laid out around the talk. */
import type { Arrangement } from '../edits/arrangement.ts';
import type { FfmpegRunner } from '../ffmpeg.ts';
import { linear } from '../gains.ts';
import type { Preset } from '../preset.ts';
import type { ParsedRequest } from '../request.ts';
import type { PlacedClip, PlacedSound } from './clips.ts';
import { duckingOf } from './ducking.ts';
import { FURNITURE, type FurnitureKind, type FurnitureLayout } from './layout.ts';
import { openSound, type Sound, type SoundFigure } from './sound.ts';

/** What two equal channels measure more than one (ITU-R BS.1770 adds their powers up). */
export const STEREO_LU = 10 * Math.log10(2);

export type Sounds = Partial<Record<FurnitureKind, Sound>>;

/** Throws RenderError `bad-furniture`. The caller closes what is answered. */
export async function openSounds(
  ffmpeg: FfmpegRunner,
  furniture: ParsedRequest['furniture'] = {},
  scratchFolder: string,
): Promise<Sounds> {
  const sounds: Sounds = {};
  for (const kind of FURNITURE) {
    const file = furniture[`${kind}Path`];
    if (file !== undefined) sounds[kind] = await openSound(ffmpeg, { kind, file, scratchFolder });
  }
  return sounds;
}

/** What a master is decided by, before a sample of a sound is needed. */
export type SoundFigures = Partial<Record<FurnitureKind, SoundFigure>>;

export const lengthsOf = (sounds: SoundFigures): Partial<Record<FurnitureKind, number>> =>
  Object.fromEntries(Object.values(sounds).map(({ kind, samples }) => [kind, samples]));

export interface PlacingOrder {
  sounds: SoundFigures;
  layout: FurnitureLayout;
  arrangement: Arrangement;
  settings: Preset['furniture'];
  /** Of the voices, as one channel. */
  voicesLufs: number;
}

/** Intro and outro are as loud as the voices, or as the preset says beside them. Pure. */
export function placeSounds(order: PlacingOrder): PlacedClip[] {
  const { sounds, layout, arrangement, settings, voicesLufs } = order;
  if (layout.clips.length === 0) return [];
  const ducking = duckingOf(arrangement.speaking(), arrangement.timeMap, settings.ducking);
  const besideLu = { intro: settings.introLu, outro: settings.outroLu, bed: settings.bedLu };
  return layout.clips.map((clip) => {
    const sound = sounds[clip.kind]!;
    // In both channels of a master, one channel is heard twice; the voices are, too.
    const asMono = sound.lufs - (sound.channels === 2 ? STEREO_LU : 0);
    return { clip, gain: linear(voicesLufs + besideLu[clip.kind] - asMono), ducking };
  });
}

/** Clips with the samples that they play. */
export const withSamples = (clips: readonly PlacedClip[], sounds: Sounds): PlacedSound[] =>
  clips.map((placed) => ({ ...placed, sound: sounds[placed.clip.kind]! }));
