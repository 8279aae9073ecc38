/**
 * Adds up what a master holds before its limiter: the tracks under their gains, through the time map, and the show's sounds.
 * Voices are one channel; of two, both hold them. Music that was recorded in two keeps them.
 */
import { addThrough, type SessionSignal } from './edits/cutter.ts';
import { applyCurve, type GainCurve } from './edits/gain-curve.ts';
import type { TimeMap } from './edits/time-map.ts';
import { addUnder, type Envelope } from './envelope.ts';
import { addClips, type PlacedSound } from './furniture/clips.ts';
import { linear } from './gains.ts';
import type { TrackAudio } from './track-audio.ts';

export interface GainedTrack {
  audio: TrackAudio;
  envelope: Envelope;
  curve: GainCurve | undefined;
}

export interface MixerOrder {
  tracks: readonly GainedTrack[];
  timeMap: TimeMap;
  /** Length of the session. */
  sessionSamples: number;
  sounds: readonly PlacedSound[];
  /** On the tracks. */
  trimDb: number;
}

/** Fills one array per channel with the samples of the master from `start` on. */
export type Mixer = (planes: readonly Float32Array[], start: number) => void;

export function createMixer(order: MixerOrder): Mixer {
  const { tracks, timeMap, sessionSamples, sounds, trimDb } = order;
  const sum = (channels: 1 | 2, channel: number) =>
    sumOf(
      tracks.filter(({ audio }) => audio.channels === channels),
      linear(trimDb),
      channel,
    );
  const inBoth = sum(1, 0);
  const sides = tracks.some(({ audio }) => audio.channels === 2) ? [sum(2, 0), sum(2, 1)] : [];
  return (planes, start) => {
    for (const plane of planes) plane.fill(0);
    addThrough(timeMap, sessionSamples, inBoth, planes[0]!, start);
    planes[1]?.set(planes[0]!);
    for (const [channel, side] of sides.entries())
      addThrough(timeMap, sessionSamples, side, planes[channel]!, start);
    addClips(sounds, planes, start);
  };
}

/** A channel of the tracks of a session under their gains, added up. */
function sumOf(tracks: readonly GainedTrack[], trim: number, channel: number): SessionSignal {
  return (target, from) => {
    for (const { audio, envelope, curve } of tracks)
      audio.hear(
        from,
        from + target.length,
        (samples, at) => {
          if (curve !== undefined) applyCurve(curve, samples, at);
          addUnder(envelope, samples, at, target.subarray(at - from, at - from + samples.length), trim);
        },
        channel,
      );
  };
}
