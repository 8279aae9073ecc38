/** What the one episode of a lapsed feed plays: a file of templates/sounds, which says how to come back. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { lapsedSoundPath, SOUND_BITS_PER_SECOND } from '../../templates/sounds/index.ts';

export interface LapsedSound {
  /** Below the base URL; it names its content, and no member. */
  path: string;
  body: Uint8Array<ArrayBuffer>;
  etag: string;
  durationUs: number;
}

export async function loadLapsedSound(): Promise<LapsedSound> {
  const body = new Uint8Array(await readFile(lapsedSoundPath('en')));
  const hash = createHash('sha256').update(body).digest('hex');
  return {
    ...{ body, path: `/members/come-back.${hash.slice(0, 12)}.mp3`, etag: `"${hash.slice(0, 32)}"` },
    durationUs: ((body.length * 8) / SOUND_BITS_PER_SECOND) * 1e6,
  };
}
