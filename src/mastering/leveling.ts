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
}

/** Throws RenderError `no-speech` when nothing is above the meter's absolute gate of -70 LUFS. */
export function levelSession(order: LevelingOrder): Leveling {
  const { levels, preset } = order;
  const tracks = levelTracks(order);
  const energies = expectedEnergies(levels, envelopesOf(tracks, preset.gate.depthDb));
  return { tracks, ...towardsTarget(energies, preset) };
}

/** A speaker is measured without what a producer changed. */
export function levelTracks({ levels, talks, music, preset }: LevelingOrder): LeveledTrack[] {
  const solos = soloWindows(talks.map(({ own }) => own));
  return talks.map(({ own, noise }, index): LeveledTrack => {
    const solo = music[index] ? windowsOf(own) : solos[index]!;
    const blocks = blockEnergies(levels[index]!);
    const limits = { targetLufs: preset.targetLufs, ...preset.speaker, ...(music[index] && { followDb: 0 }) };
    return {
      ...{ level: speakerLevel(blocks, solo, limits), open: gateOf(own, preset.gate), solo },
      noiseLufs: noise === 0 ? null : lufsOf(ENERGIES[noise]!),
    };
  });
}

/**
 * How loud the sum of the tracks is, and what brings it to its target; `keeps` says whether the window that begins with a
 * block is heard at all. Throws RenderError `no-speech`.
 */
export function towardsTarget(
  energies: Float32Array,
  { targetLufs }: Pick<Preset, 'targetLufs'>,
  keeps?: (firstBlock: number) => boolean,
): Omit<Leveling, 'tracks'> {
  const mix = gatedLoudness(energies, keeps);
  if (mix === null)
    throw new RenderError(
      'no-speech',
      'Nobody was heard in this session, so there is nothing to make an episode of. If people did speak, ' +
        'look at the raw tracks: a muted microphone or a wrong input device records silence.',
    );
  const enough = mix.seconds >= LEAST_SPEECH_SECONDS;
  return { mix, targetLufs: enough ? targetLufs : null, trimDb: enough ? targetLufs - mix.lufs : 0 };
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

/** Of the sum of the tracks, by block: different people's voices are not correlated, so their energies add. */
export function expectedEnergies(levels: readonly Levels[], envelopes: readonly Envelope[]): Float32Array {
  const sum = new Float32Array((levels[0]?.length ?? 0) / FRAMES_PER_BLOCK);
  for (const [index, envelope] of envelopes.entries()) add(sum, levels[index]!, envelope, 1);
  return sum;
}

export interface ChangedTrack {
  levels: Levels;
  envelope: Envelope;
  /** The levels under what a producer changed. */
  heard: Levels;
}

/** The same where a producer changed the gain of some tracks. */
export function energiesHeard(energies: Float32Array, changed: readonly ChangedTrack[]): Float32Array {
  if (changed.length === 0) return energies;
  const sum = energies.slice();
  for (const { levels, envelope, heard } of changed) {
    add(sum, levels, envelope, -1);
    add(sum, heard, envelope, 1);
  }
  // What is left of a track that was muted is the rounding of its energy.
  return sum.map((energy) => Math.max(0, energy));
}

function add(sum: Float32Array, levels: Levels, envelope: Envelope, factor: 1 | -1): void {
  const blocks = blockEnergies(levels, (frame) => envelope(frame) ** 2);
  for (let block = 0; block < sum.length; block += 1) sum[block]! += factor * blocks[block]!;
}
