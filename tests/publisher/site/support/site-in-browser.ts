/** A site with one show and one episode of a minute and a half, served on loopback, and a browser that looks at it. */
import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { type Browser, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createPublisherApp } from '../../../../publisher/app.ts';
import { listen } from '../../../../publisher/listen.ts';
import { createFolderStore } from '../../../../publisher/media/folder-store.ts';
import type { MediaStore } from '../../../../publisher/media/store.ts';
import { publishShow } from '../../../../publisher/site/publish-show.ts';
import type { PublishableEpisode } from '../../../../src/catalog/index.ts';
import { catalogOf, guild, show, storedEpisode, temporaryFolder } from '../../shelf.ts';
import { silence } from './sample-show.ts';

export const executablePath = process.env.BROWSER_PATH ?? '/usr/bin/chromium';
const SECONDS = 90;

export const episodePath = '/shows/wednesday-stage/episodes/episode-1/';

/** Answers its address. `furnish` puts more files into the store, and says what that changes of the episode. */
export async function startSite(
  furnish: (media: MediaStore, episode: PublishableEpisode) => Promise<Partial<PublishableEpisode>> = () =>
    Promise.resolve({}),
): Promise<string> {
  const media = createFolderStore(await temporaryFolder());
  const episode = await storedEpisode(media, 1, {
    title: 'A title with aVeryLongWordThatNobodyWouldEverWriteButSomebodyWillOneDayPasteIntoThisField 🎙️',
    duration_us: SECONDS * 1e6,
  });
  const body = silence(SECONDS);
  const [mp3] = episode.renditions;
  const key = 'media/silence.wav';
  await media.put(key, { body }, { contentType: 'audio/wav' });
  const sha256 = createHash('sha256').update(body).digest('hex');
  const audio = {
    media_key: key,
    bytes: body.length,
    mime_type: 'audio/wav',
    sha256,
    duration_us: SECONDS * 1e6,
  };
  episode.renditions = [{ ...mp3!, ...audio }];
  Object.assign(episode, await furnish(media, episode));
  const catalog = catalogOf({ guilds: [guild], shows: [show], episodes: [episode], sessions: [] });
  const logger = pino({ level: 'silent' });
  const app = createPublisherApp({
    catalog,
    media,
    sessionsFolder: await temporaryFolder(),
    exportsFolder: await temporaryFolder(),
    percentOf: () => 0,
    signingKey: Buffer.alloc(32),
    baseUrl: 'http://localhost',
    logger,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  await publishShow({ catalog, media, baseUrl: server.url }, show.id);
  return server.url;
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio'],
  });

/** A page, and everything that went wrong on it or went elsewhere. */
export async function openPage(browser: Browser, site: string, viewport = { width: 1200, height: 800 }) {
  const page = await browser.newPage({ viewport });
  onTestFinished(() => page.close());
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', (response) => response.status() >= 400 && faults.push(response.url()));
  page.on('request', (request) => request.url().startsWith(site) || faults.push(request.url()));
  return { page, faults };
}
