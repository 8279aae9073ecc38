/** Turns a show's sounds down while somebody speaks. Pure. */
import type { TimeMap } from '../edits/time-map.ts';
import { linear } from '../gains.ts';
import { gateOf, type GateSettings } from '../gate.ts';
import { FRAME_SAMPLES } from '../levels.ts';

/** Depth, and the way down and back, as a gate's that speech opens. */
export type DuckingSettings = GateSettings;

/** Amplitude at a boundary between frames of 20 ms of the master; straight lines between. */
export type Ducking = (boundary: number) => number;

/** `speaking`: by frame of the session, 1 where somebody is heard. */
export function duckingOf(speaking: Uint8Array, timeMap: TimeMap, settings: DuckingSettings): Ducking {
  const open = gateOf(inMaster(speaking, timeMap), settings);
  return (boundary) => linear((-settings.depthDb * (open[Math.min(boundary, open.length - 1)] ?? 0)) / 255);
}

function inMaster(speaking: Uint8Array, { pieces, samples }: TimeMap): Uint8Array {
  const frames = new Uint8Array(Math.ceil(samples / FRAME_SAMPLES));
  for (const { from, at, length } of pieces)
    for (let sample = 0; sample < length; sample += FRAME_SAMPLES)
      if (speaking[Math.floor((from + sample) / FRAME_SAMPLES)] === 1)
        frames[Math.floor((at + sample) / FRAME_SAMPLES)] = 1;
  return frames;
}
