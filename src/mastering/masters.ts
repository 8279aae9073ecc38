/** The masters of a render: one for each ceiling that a rendition asks for, made once. */
import path from 'node:path';
import type { Leveling } from './leveling.ts';
import { writeMaster, type Master } from './master.ts';
import type { Preset } from './preset.ts';
import type { MixedTrack } from './tracks.ts';

/** A master further off than this is mixed again; what is left is mended by a gain before the encoder. */
const TOLERANCE_LU = 0.5;
const MAX_MIXES = 3;

export interface MastersOrder {
  tracks: readonly MixedTrack[];
  leveling: Leveling;
  samples: number;
  limiter: Preset['limiter'];
  scratchFolder: string;
  breathe: (doneSamples: number) => Promise<void>;
}

/** Answers the master limited to a ceiling. */
export function createMasters(order: MastersOrder): (ceilingDbtp: number) => Promise<Master> {
  const made = new Map<number, Promise<Master>>();
  return (ceilingDbtp) => {
    const known = made.get(ceilingDbtp) ?? mixToTarget(order, ceilingDbtp);
    made.set(ceilingDbtp, known);
    return known;
  };
}

/** The limiter takes loudness along with the peaks: where it works hard, the next mix starts higher. */
async function mixToTarget(order: MastersOrder, ceilingDbtp: number): Promise<Master> {
  const { tracks, leveling, samples, limiter, scratchFolder, breathe } = order;
  const { levels, targetLufs } = leveling;
  const rawPath = path.join(scratchFolder, `master${ceilingDbtp.toFixed(2)}.f32`);
  const gained = tracks.map(({ audio }, index) => ({ audio, gainDb: levels[index]!.gainDb }));
  let { trimDb } = leveling;
  for (let mixes = 1; ; mixes += 1) {
    const master = await writeMaster(
      { tracks: gained, samples, trimDb, ceilingDbtp, limiter, rawPath },
      breathe,
    );
    const missingDb = targetLufs === null ? 0 : targetLufs - (master.integratedLufs ?? targetLufs);
    if (Math.abs(missingDb) <= TOLERANCE_LU || mixes === MAX_MIXES) return master;
    trimDb += missingDb;
  }
}
