/** Decides the levels of a session from the energies of its tracks. Pure. */
import { RenderError } from './errors.ts';
import { expectedLoudness, speakerLevels, type SpeakerLevel } from './gains.ts';
import type { GatedLoudness } from './loudness.ts';
import type { Preset } from './preset.ts';

/** Below this a loudness target would raise a cough to a speech: none is forced. */
export const LEAST_SPEECH_SECONDS = 10;

export interface Leveling {
  levels: SpeakerLevel[];
  /** What the sum of the leveled tracks is expected to measure. */
  mix: GatedLoudness;
  /** Null when there is too little speech for a target. */
  targetLufs: number | null;
  /** On the sum, towards the target. */
  trimDb: number;
}

/** Throws RenderError `no-speech` when nothing is above the meter's absolute gate of -70 LUFS. */
export function levelSession(tracks: readonly Float32Array[], preset: Preset): Leveling {
  const levels = speakerLevels(tracks, { targetLufs: preset.targetLufs, ...preset.speaker });
  const mix = expectedLoudness(tracks, levels);
  if (mix === null)
    throw new RenderError(
      'no-speech',
      'Nobody was heard in this session, so there is nothing to make an episode of. If people did speak, ' +
        'look at the raw tracks: a muted microphone or a wrong input device records silence.',
    );
  const enough = mix.seconds >= LEAST_SPEECH_SECONDS;
  return {
    levels,
    mix,
    targetLufs: enough ? preset.targetLufs : null,
    trimDb: enough ? preset.targetLufs - mix.lufs : 0,
  };
}
