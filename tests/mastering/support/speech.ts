/** Levels of made-up tracks: syllables, pauses, noise and what an open microphone hears of the others. */
import { codeOf, FRAMES_PER_SECOND, type Levels } from '../../../src/mastering/levels.ts';
import { energyOf } from '../../../src/mastering/loudness.ts';
import { seededRandom } from '../../recorder/support/network.ts';

export type Passage = readonly [fromSeconds: number, toSeconds: number, lufs: number];

export const SECONDS = 60;

/** Mean squares by frame: syllables of 200 ms that fall by 27 dB, as loud as asked for on the whole. */
export function spoken(...passages: Passage[]): Float64Array {
  const energies = new Float64Array(SECONDS * FRAMES_PER_SECOND);
  for (const [from, to, lufs] of passages)
    for (let frame = from * FRAMES_PER_SECOND; frame < to * FRAMES_PER_SECOND; frame += 1)
      energies[frame]! += energyOf(lufs + 7 - 3 * (frame % 10));
  return energies;
}

/** A microphone that is always open: its own voice, hiss, and another's voice 160 ms late and so much softer. */
export function openMicrophone(
  own: Float64Array,
  { hissLufs, neighbour, leakDb }: { hissLufs: number; neighbour: Float64Array; leakDb: number },
): Float64Array {
  const random = seededRandom(5);
  return own.map(
    (energy, frame) =>
      energy + energyOf(hissLufs + 2 * random()) + (neighbour[frame - 8] ?? 0) * 10 ** (-leakDb / 10),
  );
}

export const levelsOf = (energies: Float64Array): Levels => Uint8Array.from(energies, codeOf);

/** Share of the frames of a stretch of time that are 1. */
export function share(own: Uint8Array, fromSeconds: number, toSeconds: number): number {
  const part = own.subarray(fromSeconds * FRAMES_PER_SECOND, toSeconds * FRAMES_PER_SECOND);
  return part.reduce((sum, each) => sum + each, 0) / part.length;
}
