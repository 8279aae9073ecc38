/** How each track of a session is taken into its master. Pure. */
import type { ParsedEdit } from './edit.ts';

/** `voice` is cleaned and leveled; `music` gets one gain. */
export type Treatment = 'voice' | 'music' | 'left-out';

export function treatmentOf({ tracks }: ParsedEdit, track: { number: number; bot: boolean }): Treatment {
  const said = tracks.findLast(({ track: number, as }) => number === track.number && as !== undefined)?.as;
  return said ?? (track.bot ? 'left-out' : 'voice');
}

/** Undefined where nobody said: then what was measured decides. */
export const denoiseWish = ({ tracks }: ParsedEdit, track: number): boolean | undefined =>
  tracks.findLast((each) => each.track === track && each.denoise !== undefined)?.denoise;
