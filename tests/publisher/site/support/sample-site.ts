/** The sample show, published and served on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createPublisherApp } from '../../../../publisher/app.ts';
import { listen } from '../../../../publisher/listen.ts';
import { createFolderStore } from '../../../../publisher/media/folder-store.ts';
import { publishShow } from '../../../../publisher/site/publish-show.ts';
import type { PublishableEpisode, Show } from '../../../../src/catalog/index.ts';
import { catalogOf } from '../../shelf.ts';
import { sampleRows, sampleShow } from './sample-show.ts';

export const NOW_MS = Date.parse('2026-11-20T12:00:00Z');

export const SAMPLE_PATHS = {
  shows: '/',
  show: '/shows/wednesday-stage/',
  archive: '/shows/wednesday-stage/archive/1/',
  episode: '/shows/wednesday-stage/episodes/episode-32/',
  transcript: '/shows/wednesday-stage/episodes/episode-32/transcript/2/',
  embed: '/shows/wednesday-stage/episodes/episode-32/embed/',
  upcoming: '/shows/wednesday-stage/upcoming/',
  message: '/shows/wednesday-stage/episodes/none/',
} as const;

export interface SampleSiteOptions {
  show?: Partial<Show>;
  /** Of the newest. */
  episode?: Partial<PublishableEpisode>;
  episodes?: number;
  slug?: string;
  transcriptSeconds?: number;
}

/** Whoever starts it closes it. */
export async function openSampleSite({ show, episode, ...options }: SampleSiteOptions = {}) {
  const scratch = await mkdtemp(path.join(tmpdir(), 'stagecast-sample-'));
  const media = createFolderStore(path.join(scratch, 'media'));
  const rows = await sampleRows({ media, nowMs: NOW_MS, episodes: 32, ...options });
  rows.shows = [{ ...sampleShow, ...show }];
  Object.assign(rows.episodes[0]!, episode);
  const catalog = catalogOf(rows);
  const app = createPublisherApp({
    ...{ catalog, media, nowMs: () => NOW_MS, percentOf: () => 0, logger: pino({ level: 'silent' }) },
    ...{ sessionsFolder: scratch, exportsFolder: scratch, signingKey: Buffer.alloc(32) },
    baseUrl: 'http://localhost',
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  await publishShow({ catalog, media, baseUrl: server.url }, sampleShow.id);
  const close = async () => {
    await server.close(0);
    await rm(scratch, { recursive: true });
  };
  return { url: server.url, close };
}

/** Closed when the test ends. */
export async function startSampleSite(options: SampleSiteOptions = {}) {
  const site = await openSampleSite(options);
  onTestFinished(site.close);
  return site;
}
