/** The pages in a real browser. Skipped where there is none: `npm run setup -- --with browser` brings one. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { pino } from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createPublisherApp } from '../../../publisher/app.ts';
import { listen } from '../../../publisher/listen.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { publishShow } from '../../../publisher/site/publish-show.ts';
import { catalogOf, guild, show, storedEpisode, temporaryFolder } from '../shelf.ts';

const executablePath = process.env.BROWSER_PATH ?? '/usr/bin/chromium';
const SECONDS = 90;

/** A minute and a half of silence that every browser plays: 8 kHz, 8 bit, mono (RIFF WAVE). */
function silence(): Buffer {
  const samples = 8000 * SECONDS;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples, 40);
  return Buffer.concat([header, Buffer.alloc(samples, 0x80)]);
}

async function startSite(): Promise<string> {
  const media = createFolderStore(await temporaryFolder());
  const episode = await storedEpisode(media, 1, {
    title: 'A title with aVeryLongWordThatNobodyWouldEverWriteButSomebodyWillOneDayPasteIntoThisField 🎙️',
    duration_us: SECONDS * 1e6,
  });
  const body = silence();
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

describe.skipIf(!existsSync(executablePath))('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio'];
    browser = await chromium.launch({ executablePath, args });
  });
  afterAll(() => browser.close());

  /** A page, and everything that went wrong on it or went elsewhere. */
  async function openPage(site: string, viewport = { width: 1200, height: 800 }) {
    const page = await browser.newPage({ viewport });
    onTestFinished(() => page.close());
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('response', (response) => response.status() >= 400 && faults.push(response.url()));
    page.on('request', (request) => request.url().startsWith(site) || faults.push(request.url()));
    return { page, faults };
  }
  const playerTime = (page: Page) => page.evaluate(`document.getElementById('audio').currentTime`);
  const episode = '/shows/wednesday-stage/episodes/episode-1/';

  test('no page breaks its own policy, misses a file or asks another host; none is wider than a phone', async () => {
    const site = await startSite();
    const { page, faults } = await openPage(site, { width: 320, height: 640 });
    for (const address of ['/', '/shows/wednesday-stage/', episode]) {
      await page.goto(site + address, { waitUntil: 'networkidle' });
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect([address, width]).toEqual([address, 320]);
    }
    expect(faults).toEqual([]);
  });

  test('a ?t= link opens at its place, a chapter moves the player and is marked', async () => {
    const site = await startSite();
    const { page, faults } = await openPage(site);
    await page.goto(`${site}${episode}?t=0:30`);
    await expect.poll(() => playerTime(page)).toBe(30);
    await page.getByRole('link', { name: /Questions/ }).click();
    await expect.poll(() => playerTime(page)).toBeGreaterThanOrEqual(61);
    await expect.poll(() => page.locator('[aria-current]').textContent()).toContain('Questions');
    expect(new URL(page.url()).search).toBe('?t=61');
    expect(faults).toEqual([]);
  });

  test('nothing of the audio is fetched before somebody asks', async () => {
    const site = await startSite();
    const { page } = await openPage(site);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(site + episode, { waitUntil: 'networkidle' });
    expect(asked.filter((pathname) => pathname.startsWith('/media/'))).toEqual([]);
  });
});
