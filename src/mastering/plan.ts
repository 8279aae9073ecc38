/** Decides a master from the levels of its tracks, an edit and a show's sounds. Pure. */
import type { RecordedSession, RecordedTrack } from '../../recorder/session/reader.ts';
import { arrange, keepsWindow, levelsUnder, type Arrangement } from './edits/arrangement.ts';
import type { ParsedEdit } from './edits/edit.ts';
import type { PlacedSound } from './furniture/clips.ts';
import { lengthsOf, placeSounds, type Sounds } from './furniture/furnish.ts';
import { levelSession, type Leveling } from './leveling.ts';
import type { Levels } from './levels.ts';
import type { Preset } from './preset.ts';
import { findTalk, musicTalk, type Talk } from './talk.ts';

export interface MeasuredTrack {
  track: RecordedTrack;
  as: 'voice' | 'music';
  levels: Levels;
}

const isMusic = ({ as }: MeasuredTrack): boolean => as === 'music';

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
  sounds: Sounds;
}

export interface MasterPlan {
  leveling: Leveling;
  arrangement: Arrangement;
  placed: readonly PlacedSound[];
  channels: 1 | 2;
}

/** Throws RenderError `bad-edit` when nothing is left, `no-speech` when nobody is heard in what is. */
export function planMaster({ session, edit, preset, tracks, talks, sounds }: PlanOrder): MasterPlan {
  const arrangement = arrange({
    ...{ edit, durationUs: session.durationUs, tracks: tracks.map(({ track }) => track) },
    voices: talks.map(({ own }) => own),
    ...{ furniture: lengthsOf(sounds), overlapMs: preset.furniture.overlapMs },
  });
  const levels = tracks.map((track) => track.levels);
  const leveling = levelSession({
    ...{ levels, talks, music: tracks.map(isMusic), preset },
    heard: levels.map((each, index) => levelsUnder(each, arrangement.curves[index])),
    keeps: (block) => keepsWindow(arrangement, block),
  });
  const placed = placeSounds({
    ...{ sounds, layout: arrangement.layout, arrangement, settings: preset.furniture },
    voicesLufs: leveling.targetLufs ?? leveling.mix.lufs,
  });
  const channels = preset.stereo || Object.values(sounds).some((sound) => sound.channels === 2) ? 2 : 1;
  return { leveling, arrangement, placed, channels };
}
