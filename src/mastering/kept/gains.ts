/** The gains of the last master of a session, beside it: a part of the master sounds by them as it does in the whole. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { SpeakerLevel } from '../gains.ts';
import type { SoundFigures } from '../furniture/furnish.ts';
import { peaksFolder } from '../peaks-file.ts';
import type { Workshop } from '../prepare.ts';
import { keptFolder } from './keep.ts';

const FILE = 'gains.json';

const masterGains = z.object({
  /** Names everything that the gains depend on, beside the recording. */
  key: z.string(),
  trimDb: z.number(),
  /** By track, in their order in the mix. */
  gainsDb: z.array(z.number()),
});
type MasterGains = z.infer<typeof masterGains>;

export function gainsKey({ engine, request, edit, preset, session }: Workshop, sounds: SoundFigures): string {
  const heard = Object.values(sounds).map(({ kind, samples, lufs, channels }) => [
    kind,
    samples,
    lufs,
    channels,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([engine, request.preset, preset, edit, session.erasedTracks, heard]))
    .digest('hex');
}

/** Collected with all that a render keeps. */
export async function collectGains(scratchFolder: string, gains: MasterGains): Promise<void> {
  const folder = keptFolder(scratchFolder, 'master');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, FILE), JSON.stringify(gains));
}

/** Those of the last master, if it was made of the same; otherwise what leveling decided stands. */
export async function withKeptGains(
  sessionFolder: string,
  key: string,
  decided: { trimDb: number; levels: readonly SpeakerLevel[] },
): Promise<{ trimDb: number; levels: readonly SpeakerLevel[] }> {
  const file = path.join(peaksFolder(sessionFolder, 'master'), FILE);
  const kept = await readFile(file, 'utf8').then(
    (text) => masterGains.safeParse(JSON.parse(text)).data,
    () => undefined,
  );
  if (kept?.key !== key || kept.gainsDb.length !== decided.levels.length) return decided;
  const levels = decided.levels.map((level, index) => ({ ...level, gainDb: kept.gainsDb[index]! }));
  return { trimDb: kept.trimDb, levels };
}
