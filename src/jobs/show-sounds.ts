/**
 * A show's intro, outro and bed: fetched from where Discord keeps what a host sent, encoded anew, put into the media store.
 * The host waits for the answer, which says what to send instead; so it is done at once and not as a job. ffmpeg does the work.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MediaStore } from '../../publisher/media/store.ts';
import { type Catalog, type Show, SHOW_SOUNDS, type ShowSound } from '../catalog/index.ts';
import { createFfmpegRunner } from '../mastering/ffmpeg.ts';
import { makeFurnitureFile, RenderError, type RenderRequest } from '../mastering/index.ts';
import { FETCH_WITHIN_MS, fetchSent } from './fetch-sent.ts';

/** More than a bed of half an hour takes as MP3, and what a server without boosts lets a member send is less. */
export const MOST_SOUND_BYTES = 50 * 2 ** 20;

export interface ShowSoundsOptions {
  catalog: Catalog;
  media: MediaStore;
  scratchFolder: string;
  ffmpegPath: string;
  ffprobePath: string;
  /** Of an embedded Discord, whose files come from its own address. */
  discordApiUrl?: string | undefined;
}

export interface SentSound {
  guildId: string;
  showId: string;
  kind: ShowSound;
  url: string;
}

export interface ShowSounds {
  /** Throws RenderError `bad-furniture` with what to send instead, and NotInCatalogError. */
  set(sent: SentSound, signal?: AbortSignal): Promise<{ durationUs: number }>;
  /** Answers whether there was one. Throws NotInCatalogError. */
  remove(sound: Omit<SentSound, 'url'>): Promise<boolean>;
}

export function createShowSounds(options: ShowSoundsOptions): ShowSounds {
  const { catalog, media, scratchFolder, discordApiUrl } = options;
  const forget = async (key: string | null) => {
    if (key !== null) await media.delete(key);
  };
  return {
    async set({ guildId, showId, kind, url }, signal = AbortSignal.timeout(5 * FETCH_WITHIN_MS)) {
      await mkdir(scratchFolder, { recursive: true });
      const folder = await mkdtemp(path.join(scratchFolder, 'sound-'));
      const ffmpeg = createFfmpegRunner(options, signal, { yields: true });
      try {
        const sentPath = path.join(folder, 'sent');
        const outputPath = path.join(folder, 'sound.flac');
        await fetchSent({
          ...{ url, file: sentPath, mostBytes: MOST_SOUND_BYTES, discordApiUrl, signal },
          fault: notFetched,
        });
        const made = await makeFurnitureFile(ffmpeg, { kind, sentPath, outputPath });
        const key = `sounds/${showId}/${kind}-${await sha256Of(outputPath)}.flac`;
        await media.put(key, { path: outputPath }, { contentType: 'audio/flac', cacheControl: 'private' });
        const before = await catalog.shows.setSound(guildId, showId, kind, key);
        if (before !== key) await forget(before);
        return made;
      } finally {
        ffmpeg.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
    async remove({ guildId, showId, kind }) {
      const before = await catalog.shows.setSound(guildId, showId, kind, null);
      await forget(before);
      return before !== null;
    },
  };
}

/** A show's sounds as files for a render. One that the store has lost is left out: the talk goes before its jingle. */
export async function furnitureFiles(
  media: MediaStore,
  show: Pick<Show, 'intro_key' | 'outro_key' | 'bed_key'>,
  folder: string,
): Promise<NonNullable<RenderRequest['furniture']>> {
  const paths: NonNullable<RenderRequest['furniture']> = {};
  for (const kind of SHOW_SOUNDS) {
    const key = show[`${kind}_key`];
    const stored = key === null ? undefined : await media.read(key);
    if (stored === undefined) continue;
    const file = path.join(folder, `${kind}.flac`);
    await pipeline(stored.body, createWriteStream(file));
    paths[`${kind}Path`] = file;
  }
  return paths;
}

const notFetched = (why: string, cause?: unknown) =>
  new RenderError('bad-furniture', `The sound could not be taken: ${why}`, { cause });

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
