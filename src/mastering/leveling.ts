/** Decides the levels of a session from the levels of its tracks. Pure. */
import { envelopeOf, type Envelope } from './envelope.ts';
import { RenderError } from './errors.ts';
import { speakerLevel, type SpeakerLevel } from './gains.ts';
import { gateOf, type Openness } from './gate.ts';
import { blockEnergies, ENERGIES, FRAMES_PER_BLOCK, type Levels } from './levels.ts';
import { gatedLoudness, lufsOf, WINDOW_BLOCKS, type GatedLoudness } from './loudness.ts';
import type { Preset } from './preset.ts';
import { soloWindows } from './solo.ts';
import type { Talk } from './talk.ts';

/** Below this a loudness target would raise a cough to a speech: none is forced. */
export const LEAST_SPEECH_SECONDS = 10;

export interface LeveledTrack {
  level: SpeakerLevel;
  open: Openness;
  /** By block of 100 ms: 1 where the window that begins there holds this speaker alone. */
  solo: Uint8Array;
  /** Loudness of the track in its pauses; null when it has none. */
  noiseLufs: number | null;
}

export interface Leveling {
  tracks: LeveledTrack[];
  /** What the sum of the leveled tracks is expected to measure. */
  mix: GatedLoudness;
  /** Null when there is too little speech for a target. */
  targetLufs: number | null;
  /** On the sum, towards the target. */
  trimDb: number;
}

export interface LevelingOrder {
  levels: readonly Levels[];
  /** Of each track. */
  talks: readonly Talk[];
  /** By track: one gain, and nothing that follows, for what is music. */
  music: readonly boolean[];
  preset: Preset;
  /** The levels after what a producer changed. A speaker is measured without that. */
  heard?: readonly Levels[];
  /** Whether the window that begins with a block is heard at all. */
  keeps?: (firstBlock: number) => boolean;
}

/** Throws RenderError `no-speech` when nothing is above the meter's absolute gate of -70 LUFS. */
export function levelSession({
  levels,
  talks,
  music,
  preset,
  heard = levels,
  keeps,
}: LevelingOrder): Leveling {
  const solos = soloWindows(talks.map(({ own }) => own));
  const tracks = talks.map(({ own, noise }, index): LeveledTrack => {
    const solo = music[index] ? windowsOf(own) : solos[index]!;
    const blocks = blockEnergies(levels[index]!);
    const limits = { targetLufs: preset.targetLufs, ...preset.speaker, ...(music[index] && { followDb: 0 }) };
    return {
      ...{ level: speakerLevel(blocks, solo, limits), open: gateOf(own, preset.gate), solo },
      noiseLufs: noise === 0 ? null : lufsOf(ENERGIES[noise]!),
    };
  });
  const mix = expectedLoudness(heard, envelopesOf(tracks, preset.gate.depthDb), keeps);
  if (mix === null)
    throw new RenderError(
      'no-speech',
      'Nobody was heard in this session, so there is nothing to make an episode of. If people did speak, ' +
        'look at the raw tracks: a muted microphone or a wrong input device records silence.',
    );
  const enough = mix.seconds >= LEAST_SPEECH_SECONDS;
  return {
    tracks,
    mix,
    targetLufs: enough ? preset.targetLufs : null,
    trimDb: enough ? preset.targetLufs - mix.lufs : 0,
  };
}

/** All windows that begin with sound. */
const windowsOf = (own: Uint8Array): Uint8Array =>
  Uint8Array.from(
    { length: Math.max(0, own.length / FRAMES_PER_BLOCK - WINDOW_BLOCKS + 1) },
    (_, block) => own[block * FRAMES_PER_BLOCK]!,
  );

export const envelopesOf = (
  tracks: readonly Pick<LeveledTrack, 'level' | 'open'>[],
  depthDb: number,
): Envelope[] => tracks.map(({ level, open }) => envelopeOf(level, open, depthDb));

/** What the sum of the tracks will measure: different people's voices are not correlated, so their energies add. */
function expectedLoudness(
  levels: readonly Levels[],
  envelopes: readonly Envelope[],
  keeps?: (firstBlock: number) => boolean,
): GatedLoudness | null {
  let sum: Float32Array | undefined;
  for (const [index, envelope] of envelopes.entries()) {
    const blocks = blockEnergies(levels[index]!, (frame) => envelope(frame) ** 2);
    if (sum === undefined) sum = blocks;
    else for (let block = 0; block < sum.length; block += 1) sum[block]! += blocks[block]!;
  }
  return sum === undefined ? null : gatedLoudness(sum, keeps);
}
