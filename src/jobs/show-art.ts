/**
 * A show's cover: fetched from where Discord keeps what a host sent, judged by its headers as the gate judges a feed's, then
 * decoded once for the small copy that pages show. The host waits for the answer, so it is done at once and not as a job.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readArt } from '../../publisher/feed/lint/art.ts';
import { ART_RULES } from '../../publisher/feed/lint/art-rules.ts';
import { findingsOf } from '../../publisher/feed/lint/finding.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import { FOR_EVER } from '../../publisher/site/assets.ts';
import { smallCoverKey } from '../../publisher/site/cover.ts';
import { sentence } from '../../publisher/site/gate.ts';
import { type Catalog, NotInCatalogError } from '../catalog/index.ts';
import { createFfmpegRunner, FfmpegError, type FfmpegJob } from '../mastering/ffmpeg.ts';
import { bareArt } from './bare-art.ts';
import { FETCH_WITHIN_MS, fetchSent } from './fetch-sent.ts';

/** What a server without boosts lets a member send. */
const MOST_ART_BYTES = 10 * 2 ** 20;
const SMALL_PX = 448; // pages show it at 336 at most
/** Headers were judged before, but a JPEG may bring a second frame, and a PNG a profile that unpacks without end. */
const MOST_PIXELS = 3000 * 3000;
const MOST_BLOCK_BYTES = 128 * 2 ** 20;
const DECODE_WITHIN_MS = 30_000;

const TYPES = {
  jpeg: { extension: 'jpg', contentType: 'image/jpeg', demuxer: 'jpeg_pipe', decoder: 'mjpeg' },
  png: { extension: 'png', contentType: 'image/png', demuxer: 'png_pipe', decoder: 'png' },
} as const;

/** The message is for whoever sent it, and says what to send instead. */
export class ArtRefusedError extends Error {
  override name = 'ArtRefusedError';
}

export interface ShowArtOptions {
  catalog: Pick<Catalog, 'shows'>;
  media: Pick<MediaStore, 'put'>;
  scratchFolder: string;
  ffmpegPath: string;
  ffprobePath: string;
  /** Of an embedded Discord, whose files come from its own address. */
  discordApiUrl?: string | undefined;
}

export interface SentArt {
  guildId: string;
  showId: string;
  url: string;
}

export interface ShowArt {
  /** Answers what some apps or directories will not like, in sentences. Throws ArtRefusedError and NotInCatalogError. */
  set(sent: SentArt, signal?: AbortSignal): Promise<{ key: string; sidePx: number; warnings: string[] }>;
}

export function createShowArt(options: ShowArtOptions): ShowArt {
  const { catalog, media, scratchFolder, discordApiUrl } = options;
  return {
    async set({ guildId, showId, url }, signal = AbortSignal.timeout(FETCH_WITHIN_MS + DECODE_WITHIN_MS)) {
      if ((await catalog.shows.ofGuild(guildId, showId)) === undefined) throw new NotInCatalogError('show');
      await mkdir(scratchFolder, { recursive: true });
      const folder = await mkdtemp(path.join(scratchFolder, 'art-'));
      const ffmpeg = createFfmpegRunner(options, signal);
      try {
        const [sent, bare, small] = ['sent', 'bare', 'small.webp'].map((name) => path.join(folder, name));
        const fault = (why: string, cause?: unknown) =>
          new ArtRefusedError(`The art could not be taken: ${why}`, { cause });
        await fetchSent({ url, file: sent!, mostBytes: MOST_ART_BYTES, discordApiUrl, signal, fault });
        const { art, format, sidePx, warnings } = judged(await readFile(sent!));
        await writeFile(bare!, art);
        await ffmpeg.run(smallJob(format, bare!, small!)).catch((cause: unknown) => {
          if (!(cause instanceof FfmpegError) || cause.code === 'ENOSPC') throw cause;
          throw new ArtRefusedError('The art cannot be read to its end. Save it anew and send it again.', {
            cause,
          });
        });
        const { extension, contentType } = TYPES[format];
        const key = `art/${showId}/${createHash('sha256').update(art).digest('hex')}.${extension}`;
        // A key is of one content for ever; the former art stays, as apps fetch what an older feed named.
        const cacheControl = FOR_EVER;
        await media.put(key, { path: bare! }, { contentType, cacheControl });
        await media.put(smallCoverKey(key), { path: small! }, { contentType: 'image/webp', cacheControl });
        await catalog.shows.update(guildId, showId, { coverKey: key });
        return { key, sidePx, warnings };
      } finally {
        ffmpeg.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** By the rules that the gate goes by, of headers alone. The name is ours to give, so the content says what it is. */
function judged(sent: Buffer) {
  const { format } = readArt(sent);
  const isTaken = format === 'jpeg' || format === 'png';
  const art = isTaken ? bareArt(sent, format) : sent;
  const header = readArt(art);
  const facts = { ...header, bytes: art.length, extension: isTaken ? TYPES[format].extension : format };
  const findings = findingsOf(ART_RULES, facts, { baseUrl: '', now: new Date() }, { kind: 'show' });
  const blocking = findings.filter(({ severity }) => severity === 'blocks');
  if (!isTaken || blocking.length > 0) throw new ArtRefusedError(blocking.map(sentence).join(' '));
  const warnings = findings.filter(({ severity }) => severity === 'warns').map(sentence);
  return { art, format, sidePx: header.widthPixels, warnings };
}

/** ffmpeg documentation: `-xerror` and `explode` make it fail where a picture is broken instead of guessing the rest. */
const smallJob = (format: keyof typeof TYPES, from: string, output: string): FfmpegJob => ({
  inputs: [
    {
      path: from,
      options: [
        ...['-xerror', '-err_detect', 'explode'],
        ...['-max_alloc', `${MOST_BLOCK_BYTES}`, '-max_pixels', `${MOST_PIXELS}`],
        ...['-f', TYPES[format].demuxer, '-c:v', TYPES[format].decoder],
      ],
    },
  ],
  options: [
    ...['-map_metadata', '-1', '-frames:v', '1'],
    ...['-vf', `scale=${SMALL_PX}:${SMALL_PX}:flags=lanczos`, '-q:v', '70'],
  ],
  output,
});
