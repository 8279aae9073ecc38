/**
 * Takes the pictures of the pages that the docs show: `node scripts/take-pictures.ts [folder]`, into docs/pictures, of a sample
 * show that is published for it on loopback; `--of http://localhost:8080` takes them of what a running Stagecast has published
 * first. Headless Chromium by playwright-core; BROWSER_PATH names another than /usr/bin/chromium. The headings are set in a
 * Palatino, which Debian has in fonts-urw-base35. Each picture is reduced to 256 colours by ffmpeg.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { pino } from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createPublisherApp } from '../publisher/app.ts';
import { listen } from '../publisher/listen.ts';
import { createFolderStore } from '../publisher/media/folder-store.ts';
import { EMBED } from '../publisher/site/oembed.ts';
import { publishShow } from '../publisher/site/publish-show.ts';
import { catalogOf } from '../tests/publisher/shelf.ts';
import { sampleRows, sampleShow } from '../tests/publisher/site/support/sample-show.ts';

const SCREENS = { desktop: { width: 1200, height: 860 }, phone: { width: 390, height: 844 } };
const THEMES = ['light', 'dark'] as const;
/** Beyond this a page is cut: what follows looks like what was before. */
const MAX_HEIGHT = 2200;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { of: { type: 'string' } },
});
const [folder = 'docs/pictures'] = positionals;

async function sampleSite(scratch: string) {
  const media = createFolderStore(path.join(scratch, 'media'));
  const nowMs = Date.parse('2026-11-20T12:00:00Z');
  const catalog = catalogOf(await sampleRows({ media, nowMs }));
  const app = createPublisherApp({
    ...{ catalog, media, nowMs: () => nowMs, percentOf: () => 0, logger: pino({ level: 'silent' }) },
    ...{ sessionsFolder: scratch, exportsFolder: scratch },
    signingKey: Buffer.alloc(32),
    baseUrl: 'http://localhost',
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  await publishShow({ catalog, media, baseUrl: server.url }, sampleShow.id);
  return { url: server.url, close: () => server.close(0) };
}

async function addressOfFirst(page: Page, selector: string): Promise<string> {
  const href = await page.locator(selector).first().getAttribute('href', { timeout: 5000 });
  if (href === null) throw new Error(`${page.url()} has nothing to photograph (${selector}).`);
  return new URL(href, page.url()).href;
}

async function addressesOf(browser: Browser, baseUrl: string) {
  const page = await browser.newPage();
  await page.goto(baseUrl);
  const show = await addressOfFirst(page, '.shelf a');
  await page.goto(show);
  const episode = await addressOfFirst(page, '.episode a');
  // A player in mid-talk says more than an empty one.
  await page.goto(episode);
  const chapter = page.locator('.chapters a').nth(2);
  const place = (await chapter.count()) > 0 ? ((await chapter.getAttribute('href')) ?? '') : '';
  const hasWords = (await page.locator('.transcript').count()) > 0;
  await page.close();
  return {
    ...(hasWords ? { search: `${episode}?t=43` } : {}),
    shows: baseUrl,
    show,
    episode: episode + place,
    upcoming: `${show}upcoming/`,
    embed: `${episode}embed/${place}`,
  };
}

/** The player in the midst of a talk, and a word looked for in what is said. */
async function takeSearch(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByRole('searchbox').fill('lamp');
  await page.getByText(/ found$/).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForTimeout(500);
}

async function reduce(from: string, to: string): Promise<void> {
  const filter = 'split[a][b];[a]palettegen=max_colors=256:stats_mode=full[p];[b][p]paletteuse=dither=none';
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', '-i', from, '-filter_complex', filter, to]);
  await rm(from);
}

/** Debian's Palatino comes as OpenType and as Type 1, which Chromium cannot set: fontconfig must not offer that. */
async function withoutType1(scratch: string): Promise<string> {
  const file = path.join(scratch, 'fonts.conf');
  await writeFile(
    file,
    `<?xml version="1.0"?><fontconfig><include>/etc/fonts/fonts.conf</include><selectfont><rejectfont><pattern>` +
      `<patelt name="fontformat"><string>Type 1</string></patelt></pattern></rejectfont></selectfont></fontconfig>`,
  );
  return file;
}

await mkdir(folder, { recursive: true });
const scratch = await mkdtemp(path.join(tmpdir(), 'stagecast-pictures-'));
const site =
  values.of === undefined ? await sampleSite(scratch) : { url: values.of, close: () => Promise.resolve() };
const browser = await chromium.launch({
  executablePath: process.env.BROWSER_PATH ?? '/usr/bin/chromium',
  env: { ...process.env, FONTCONFIG_FILE: await withoutType1(scratch) },
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
try {
  const addresses = await addressesOf(browser, site.url);
  for (const [pageName, url] of Object.entries(addresses))
    for (const [screenName, viewport] of Object.entries(pageName === 'embed' ? { card: EMBED } : SCREENS))
      for (const colorScheme of THEMES) {
        const shot = await browser.newPage({
          ...{ viewport, colorScheme, deviceScaleFactor: 1, reducedMotion: 'reduce' as const },
        });
        await shot.goto(url, { waitUntil: 'networkidle' });
        const target = `${folder}/${pageName}-${screenName}-${colorScheme}.png`;
        const whole = `${target}.tmp.png`;
        if (pageName === 'search') {
          await takeSearch(shot);
          await shot.screenshot({ path: whole });
        } else {
          const scrollHeight = await shot.evaluate<number>('document.documentElement.scrollHeight');
          const height = Math.min(Math.max(scrollHeight, viewport.height), MAX_HEIGHT);
          const clip = { x: 0, y: 0, width: viewport.width, height };
          await shot.screenshot({ path: whole, fullPage: true, clip });
        }
        await shot.close();
        await reduce(whole, target);
        console.log(`${target}: ${Math.round((await stat(target)).size / 1024)} KB`);
      }
} finally {
  await browser.close();
  await site.close();
  await rm(scratch, { recursive: true });
}
