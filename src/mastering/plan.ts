/** Decides a master from the levels of its tracks, an edit and a show's sounds. Pure. */
import type { RecordedSession, RecordedTrack } from '../../recorder/session/reader.ts';
import { arrange, levelsUnder, windowKeeper, type Arrangement } from './edits/arrangement.ts';
import type { ParsedEdit } from './edits/edit.ts';
import type { PlacedClip } from './furniture/clips.ts';
import { lengthsOf, placeSounds, type SoundFigures } from './furniture/furnish.ts';
import {
  energiesHeard,
  envelopesOf,
  expectedEnergies,
  levelSession,
  levelTracks,
  towardsTarget,
  type ChangedTrack,
  type Leveling,
} from './leveling.ts';
import type { Levels } from './levels.ts';
import type { Preset } from './preset.ts';
import { findTalk, musicTalk, type Talk } from './talk.ts';

export interface MeasuredTrack {
  track: RecordedTrack;
  as: 'voice' | 'music';
  levels: Levels;
}

export const isMusic = ({ as }: MeasuredTrack): boolean => as === 'music';

/** Who speaks when, and how loud, before anything is done to a voice. Throws RenderError `no-speech`. */
export function levelAsRecorded(
  tracks: readonly MeasuredTrack[],
  preset: Preset,
): { talks: Talk[]; asRecorded: Leveling } {
  const levels = tracks.map((track) => track.levels);
  const talks = findTalk(levels).map((talk, index) =>
    isMusic(tracks[index]!) ? musicTalk(levels[index]!) : talk,
  );
  return { talks, asRecorded: levelSession({ levels, talks, music: tracks.map(isMusic), preset }) };
}

export interface PlanOrder {
  session: RecordedSession;
  edit: ParsedEdit;
  preset: Preset;
  /** With their levels after cleaning. */
  tracks: readonly MeasuredTrack[];
  talks: readonly Talk[];
  sounds: SoundFigures;
}

export interface Layout {
  arrangement: Arrangement;
  placed: readonly PlacedClip[];
  channels: 1 | 2;
}

export interface MasterPlan extends Layout {
  leveling: Leveling;
  /** By block, of the sum of the tracks before a producer changed anything. */
  energies: Float32Array;
}

/** Throws RenderError `bad-edit` when nothing is left, `no-speech` when nobody is heard in what is. */
export function planMaster({ session, edit, preset, tracks, talks, sounds }: PlanOrder): MasterPlan {
  const arrangement = arrangeFor({ session, edit, preset, tracks, sounds }, talks);
  const levels = tracks.map((track) => track.levels);
  const leveled = levelTracks({ levels, talks, music: tracks.map(isMusic), preset });
  const envelopes = envelopesOf(leveled, preset.gate.depthDb);
  const energies = expectedEnergies(levels, envelopes);
  const changed = levels.flatMap((each, index) => {
    const curve = arrangement.curves[index];
    return curve === undefined
      ? []
      : [{ levels: each, envelope: envelopes[index]!, heard: levelsUnder(each, curve) }];
  });
  const { mix, ...layout } = layOut({ preset, sounds, arrangement, energies, changed });
  return { ...layout, leveling: { ...mix, tracks: leveled }, energies };
}

export interface ArrangingOrder extends Omit<PlanOrder, 'tracks' | 'talks'> {
  tracks: readonly { track: Pick<RecordedTrack, 'number'> }[];
}

/** Throws RenderError `bad-edit`. */
export const arrangeFor = (
  { session, edit, preset, tracks, sounds }: ArrangingOrder,
  talks: readonly Pick<Talk, 'own'>[],
): Arrangement =>
  arrange({
    ...{ edit, durationUs: session.durationUs, tracks: tracks.map(({ track }) => track) },
    voices: talks.map(({ own }) => own),
    ...{ furniture: lengthsOf(sounds), overlapMs: preset.furniture.overlapMs },
  });

export interface LayoutOrder {
  preset: Preset;
  sounds: SoundFigures;
  arrangement: Arrangement;
  energies: Float32Array;
  /** Those tracks whose gain a producer changed. */
  changed: readonly ChangedTrack[];
}

/** Throws RenderError `no-speech` when nobody is heard in what is left. */
export function layOut(order: LayoutOrder): Layout & { mix: Omit<Leveling, 'tracks'> } {
  const { preset, sounds, arrangement, energies, changed } = order;
  const mix = towardsTarget(energiesHeard(energies, changed), preset, windowKeeper(arrangement));
  const placed = placeSounds({
    ...{ sounds, layout: arrangement.layout, arrangement, settings: preset.furniture },
    voicesLufs: mix.targetLufs ?? mix.mix.lufs,
  });
  return { arrangement, placed, channels: masterChannels(preset, sounds), mix };
}

export const masterChannels = ({ stereo }: Pick<Preset, 'stereo'>, sounds: SoundFigures): 1 | 2 =>
  stereo || Object.values(sounds).some((sound) => sound.channels === 2) ? 2 : 1;
