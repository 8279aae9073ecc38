/**
 * How far a track is open, every 20 ms: all the way around its own speaker's words, turned down elsewhere, with ramps that
 * end before a word begins and wait until it has faded. Pure.
 */
import { FRAMES_PER_SECOND } from './levels.ts';

export interface GateSettings {
  /** What is not the speaker's voice is turned down by so much. */
  depthDb: number;
  /** The gate is open this long before a word... */
  lookAheadMs: number;
  /** ... and after it. */
  holdMs: number;
  /** Time from closed to open, and back. */
  attackMs: number;
  releaseMs: number;
}

/** By frame boundary, one more than frames: 0 is closed, 255 is open; straight lines between. */
export type Openness = Uint8Array;

const frames = (ms: number): number => Math.round((ms * FRAMES_PER_SECOND) / 1000);

export function gateOf(own: Uint8Array, settings: GateSettings): Openness {
  const open = new Uint8Array(own.length + 1);
  const ahead = frames(settings.lookAheadMs);
  const hold = frames(settings.holdMs);
  let until = -1;
  for (let frame = -ahead; frame < own.length; frame += 1) {
    if (own[frame + ahead] === 1) until = frame + ahead + 1 + hold;
    if (frame >= 0 && frame <= until) open[frame] = 255;
  }
  if (until >= own.length) open[own.length] = 255;
  const fall = 255 / Math.max(1, frames(settings.releaseMs));
  const rise = 255 / Math.max(1, frames(settings.attackMs));
  for (let at = 1; at < open.length; at += 1) open[at] = Math.max(open[at]!, open[at - 1]! - fall);
  for (let at = open.length - 2; at >= 0; at -= 1) open[at] = Math.max(open[at]!, open[at + 1]! - rise);
  return open;
}

/** The same, but right only between two frames: of hours, a window needs seconds. */
export function gateBetween(own: Uint8Array, settings: GateSettings, from: number, to: number): Openness {
  const { lookAheadMs, holdMs, attackMs, releaseMs } = settings;
  const reach = frames(lookAheadMs + holdMs + attackMs + releaseMs) + 2;
  const first = Math.max(0, from - reach);
  const open = new Uint8Array(own.length + 1);
  open.set(gateOf(own.subarray(first, to + reach), settings), first);
  return open;
}
