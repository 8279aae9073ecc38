/**
 * Replies kept on disk beside the session, so that no chunk is sent twice: by the hash of its audio, the model and the
 * language. One folder a track, so that an erasure takes a speaker's words along (recorder/session/erase.ts).
 */
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { reply, type Reply } from './reply.ts';

/** `too-large` is worth keeping too: it was an upload. */
const kept = z.union([z.literal('too-large'), reply]);

export interface ReplyCache {
  read(track: number, sha256: string): Promise<Reply | 'too-large' | undefined>;
  write(track: number, sha256: string, answer: Reply | 'too-large'): Promise<void>;
  /** A chunk that failed waits for its next try behind those that did not. */
  noteFailure(track: number, sha256: string): Promise<void>;
  hasFailed(track: number, sha256: string): Promise<boolean>;
  /** Removes what was kept of a track. */
  forget(track: number): Promise<void>;
  /** Removes what was kept of any other track. */
  keepOnly(tracks: readonly number[]): Promise<void>;
}

/** What is made of one track alone stands in `derived/<number>/`. */
const trackFolder = (number: number) => String(number).padStart(2, '0');

export function createReplyCache(
  sessionFolder: string,
  { model, language }: { model: string; language: string | undefined },
): ReplyCache {
  const derived = path.join(sessionFolder, 'derived');
  const fileOf = (track: number, sha256: string) => {
    const name = createHash('sha256')
      .update(JSON.stringify([sha256, model, language ?? null]))
      .digest('hex');
    return path.join(derived, trackFolder(track), 'transcript', `${name}.json`);
  };
  return {
    async read(track, sha256) {
      try {
        return kept.parse(JSON.parse(await readFile(fileOf(track, sha256), 'utf8')));
      } catch {
        // Missing, cut short or of another version: it is asked for again.
        return undefined;
      }
    },
    async write(track, sha256, answer) {
      const file = fileOf(track, sha256);
      await mkdir(path.dirname(file), { recursive: true });
      const draft = `${file}.${randomUUID()}.draft`;
      await writeFile(draft, JSON.stringify(answer));
      await rename(draft, file);
    },
    async noteFailure(track, sha256) {
      const file = `${fileOf(track, sha256)}.failed`;
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, '');
    },
    hasFailed: (track, sha256) =>
      access(`${fileOf(track, sha256)}.failed`).then(
        () => true,
        () => false,
      ),
    forget: (track) =>
      rm(path.join(derived, trackFolder(track), 'transcript'), { recursive: true, force: true }),
    async keepOnly(tracks) {
      const folders = new Set(tracks.map(trackFolder));
      for (const name of await readdir(derived).catch(() => []))
        if (/^\d+$/.test(name) && !folders.has(name))
          await rm(path.join(derived, name), { recursive: true, force: true });
    },
  };
}
