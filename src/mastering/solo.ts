/** When each speaker can be measured: in windows of 400 ms that hold their own voice, and nobody else's. Pure. */
import { FRAMES_PER_BLOCK } from './levels.ts';
import { WINDOW_BLOCKS } from './loudness.ts';

const WINDOW_FRAMES = WINDOW_BLOCKS * FRAMES_PER_BLOCK;
/** So much of a window must be the speaker's voice. */
const LEAST_OWN_FRAMES = WINDOW_FRAMES / 2;
/** Less than this (2 s) is no measurement: then the speaker's own track says how loud they are, whoever else speaks. */
const LEAST_WINDOWS = 20;
/** Someone else's voice rings on in an open microphone. */
const RINGING_FRAMES = 12;

/** By the block of 100 ms in which a window begins: 1 where it counts for the track. */
export function soloWindows(talks: readonly Uint8Array[]): Uint8Array[] {
  const voices = new Uint8Array(talks[0]?.length ?? 0);
  // How many talk, each for as long as they ring on.
  for (const own of talks) {
    let until = -1;
    for (let frame = 0; frame < own.length; frame += 1) {
      if (own[frame] === 1) until = frame + RINGING_FRAMES;
      if (frame <= until) voices[frame]! += 1;
    }
  }
  return talks.map((own) => {
    const windows = new Uint8Array(Math.max(0, own.length / FRAMES_PER_BLOCK - WINDOW_BLOCKS + 1));
    const shared = windows.slice();
    let solo = 0;
    for (let window = 0; window < windows.length; window += 1) {
      const first = window * FRAMES_PER_BLOCK;
      let mine = 0;
      let alone = true;
      let until = -1;
      for (let back = Math.max(0, first - RINGING_FRAMES); back < first; back += 1)
        if (own[back] === 1) until = back + RINGING_FRAMES;
      for (let frame = first; frame < first + WINDOW_FRAMES; frame += 1) {
        if (own[frame] === 1) until = frame + RINGING_FRAMES;
        mine += own[frame]!;
        if (voices[frame]! > (frame <= until ? 1 : 0)) alone = false;
      }
      if (mine < LEAST_OWN_FRAMES) continue;
      shared[window] = 1;
      if (!alone) continue;
      windows[window] = 1;
      solo += 1;
    }
    return solo < LEAST_WINDOWS ? shared : windows;
  });
}
