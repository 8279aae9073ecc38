/** The tracks of a master, each alone: cleaned, leveled, edited, and as long as the master; the show's sounds as one more. */
import { HALF_CROSSFADE_SAMPLES, type TimeMap } from '../edits/time-map.ts';
import { addClips, type PlacedSound } from '../furniture/clips.ts';
import { gainsKey, withKeptGains } from '../kept/gains.ts';
import { moveSounds, underGains } from '../masters.ts';
import { createMixer, type GainedTrack } from '../mixer.ts';
import type { Run } from '../placement.ts';
import { openWorkshop, prepare, type Prepared, type RenderSurroundings } from '../prepare.ts';
import type { ParsedRequest } from '../request.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import { regionsOf, type SampleSource } from './sample-source.ts';

/** Below their level in the master: a voice that the limiter would have to hold does not clip in its stem. */
export const HEADROOM_DB = 6;

export interface Stem {
  /** As in the session; the show's sounds come after the last. */
  number: number;
  displayName: string;
  /** One per channel. */
  sources: SampleSource[];
}

export interface Stems {
  stems: Stem[];
  timeMap: TimeMap;
  close: () => void;
}

/** Throws RenderError, as a render of the same would. */
export async function openStems(request: ParsedRequest, surroundings: RenderSurroundings): Promise<Stems> {
  const workshop = await openWorkshop(request, surroundings);
  const prepared = await prepare(workshop, true);
  const { tracks, leveling, arrangement, placed, channels, sounds, close } = prepared;
  const decided = { trimDb: leveling.trimDb, levels: leveling.tracks.map(({ level }) => level) };
  const key = gainsKey(workshop, sounds);
  const { trimDb, levels } = await withKeptGains(workshop.session.folder, key, decided);
  const gateDepthDb = workshop.preset.gate.depthDb;
  const gained = underGains(tracks, { leveling, arrangement, levels, gateDepthDb });
  const stems = tracks.map(({ track: { number, displayName } }, index) => ({
    ...{ number, displayName },
    sources: trackSources(prepared, gained[index]!, trimDb - HEADROOM_DB),
  }));
  if (placed.length > 0) {
    const moved = moveSounds(placed, trimDb - leveling.trimDb - HEADROOM_DB);
    const number = Math.max(...workshop.session.tracks.map((track) => track.number)) + 1;
    const sources = Array.from({ length: channels }, (_, channel) => soundSource(moved, channel));
    stems.push({ number, displayName: 'Intro, outro and bed', sources });
  }
  return { stems, timeMap: arrangement.timeMap, close };
}

/** One per channel; music that was sent in two has them, whatever the master has. */
function trackSources({ arrangement }: Prepared, track: GainedTrack, trimDb: number): SampleSource[] {
  const { timeMap, sessionSamples } = arrangement;
  const { channels, runs } = track.audio;
  const mixer = createMixer({ tracks: [track], timeMap, sessionSamples, sounds: [], trimDb });
  const alone = Array.from({ length: channels }, () => new Float32Array(SAMPLE_RATE_HZ));
  const regions = regionsOf(inMaster(runs, timeMap), 0, timeMap.samples);
  return alone.map((_, channel) => ({
    regions,
    addTo(target, start, gain) {
      const planes = alone.map((plane) => plane.subarray(0, target.length));
      mixer(planes, start);
      const heard = planes[channel]!;
      for (let at = 0; at < heard.length; at += 1) target[at]! += heard[at]! * gain;
    },
  }));
}

/** Where runs of the session sound in the master, crossfades included. */
function inMaster(runs: readonly Run[], { pieces }: TimeMap): Run[] {
  return pieces.flatMap(({ from, at, length }) =>
    runs.flatMap((run) => {
      const first = Math.max(run.at, from - HALF_CROSSFADE_SAMPLES);
      const last = Math.min(run.end, from + length + HALF_CROSSFADE_SAMPLES);
      return last <= first ? [] : [{ at: at + first - from, end: at + last - from, stretches: [] }];
    }),
  );
}

function soundSource(sounds: readonly PlacedSound[], channel: number): SampleSource {
  const end = Math.max(...sounds.map(({ clip }) => clip.at + clip.length));
  const runs = sounds.map(({ clip }) => ({ at: clip.at, end: clip.at + clip.length, stretches: [] }));
  return {
    regions: regionsOf(runs, 0, end),
    addTo(target, start, gain) {
      const planes = Array.from({ length: channel + 1 }, () => new Float32Array(target.length));
      addClips(sounds, planes, start);
      for (let at = 0; at < target.length; at += 1) target[at]! += planes[channel]![at]! * gain;
    },
  };
}
