/** The gain of a track at every sample: its speaker's gain, what follows their level, and the gate. Pure. */
import { followAt, linear, type SpeakerLevel } from './gains.ts';
import type { Openness } from './gate.ts';
import { FRAME_SAMPLES, FRAMES_PER_SECOND } from './levels.ts';

/** Amplitude at a boundary between frames of 20 ms; straight lines between. */
export type Envelope = (boundary: number) => number;

export function envelopeOf({ gainDb, follow }: SpeakerLevel, open: Openness, depthDb: number): Envelope {
  const closed = linear(-depthDb);
  return (boundary) => {
    const openness = (open[Math.min(boundary, open.length - 1)] ?? 255) / 255;
    const gain = linear(gainDb + followAt(follow, boundary / FRAMES_PER_SECOND));
    return gain * (closed + (1 - closed) * openness);
  };
}

/** Adds `samples`, whose first is `start` of the session clock, times `gain`, to `target` under an envelope. */
export function addUnder(
  envelope: Envelope,
  samples: Float32Array,
  start: number,
  target: Float32Array,
  gain = 1,
): void {
  for (let at = 0; at < samples.length;) {
    const frame = Math.floor((start + at) / FRAME_SAMPLES);
    const end = Math.min(samples.length, (frame + 1) * FRAME_SAMPLES - start);
    const from = gain * envelope(frame);
    const slope = (gain * envelope(frame + 1) - from) / FRAME_SAMPLES;
    const offset = start - frame * FRAME_SAMPLES;
    for (; at < end; at += 1) target[at]! += samples[at]! * (from + slope * (at + offset));
  }
}
