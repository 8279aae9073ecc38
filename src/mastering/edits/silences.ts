/** Pauses in which nobody speaks, shortened. Pure. */
import { FRAME_SAMPLES, FRAMES_PER_SECOND } from '../levels.ts';
import { usAt } from '../session-clock.ts';
import type { Range } from './edit.ts';

/** By frame of 20 ms: 1 where somebody is heard. Answers what is to be cut out. */
export function silencesToCut(speaking: Uint8Array, shortenToMs: number): Range[] {
  const frames = speaking.length;
  const kept = Math.round((shortenToMs * FRAMES_PER_SECOND) / 1000);
  const cuts: Range[] = [];
  let pauseFrom = 0;
  const settle = (end: number) => {
    if (end - pauseFrom <= kept) return;
    // A half of what stays lets the last word fade, the other half leads in to the next. At either end of the session
    // there is only one of them.
    const first = pauseFrom === 0 ? 0 : pauseFrom + Math.ceil(kept / 2);
    const last = end === frames ? frames : end - Math.floor(kept / 2);
    cuts.push({ startUs: usAt(first * FRAME_SAMPLES), endUs: usAt(last * FRAME_SAMPLES) });
  };
  for (let frame = 0; frame < frames; frame += 1) {
    if (speaking[frame] === 0) continue;
    settle(frame);
    pauseFrom = frame + 1;
  }
  if (pauseFrom > 0) settle(frames);
  return cuts;
}
