/** Adds a show's sounds to a master, each under its gain, its fades and what ducks it. */
import { FRAME_SAMPLES } from '../levels.ts';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import type { Ducking } from './ducking.ts';
import { fadeGain } from './fade.ts';
import type { Clip } from './layout.ts';
import type { Sound } from './sound.ts';

export interface PlacedClip {
  clip: Clip;
  /** Amplitude. */
  gain: number;
  ducking: Ducking;
}

export interface PlacedSound extends PlacedClip {
  sound: Pick<Sound, 'channels' | 'read'>;
}

/** `planes`: an array per channel of the master, their first sample is its sample `start`. */
export function addClips(
  sounds: readonly PlacedSound[],
  planes: readonly Float32Array[],
  start: number,
): void {
  const end = start + planes[0]!.length;
  for (const placed of sounds) {
    const { clip } = placed;
    if (clip.at >= end) break;
    const from = Math.max(start, clip.at);
    const to = Math.min(end, clip.at + clip.length);
    for (let at = from; at < to; at += SAMPLE_RATE_HZ)
      addPart(
        placed,
        planes.map((plane) => plane.subarray(at - start, Math.min(to, at + SAMPLE_RATE_HZ) - start)),
        at,
      );
  }
}

function addPart({ clip, sound, gain, ducking }: PlacedSound, planes: Float32Array[], start: number): void {
  const heard = Array.from({ length: sound.channels }, () => new Float32Array(planes[0]!.length));
  sound.read(heard, start - clip.at);
  for (let at = 0; at < planes[0]!.length;) {
    const frame = Math.floor((start + at) / FRAME_SAMPLES);
    const end = Math.min(planes[0]!.length, (frame + 1) * FRAME_SAMPLES - start);
    const from = ducking(frame);
    const slope = (ducking(frame + 1) - from) / FRAME_SAMPLES;
    for (; at < end; at += 1) {
      const amplitude =
        gain * fadeGain(clip, start + at - clip.at) * (from + slope * (start + at - frame * FRAME_SAMPLES));
      for (const [channel, plane] of planes.entries())
        plane[at]! += heard[Math.min(channel, heard.length - 1)]![at]! * amplitude;
    }
  }
}
