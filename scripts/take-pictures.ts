/**
 * Takes the pictures of the pages that the docs show, from a running Stagecast that has published something:
 * `node scripts/take-pictures.ts http://localhost:8080 [folder]`. The folder is docs/pictures; `--all` adds the show page and
 * the phone. Headless Chromium by playwright-core; BROWSER_PATH names another than /usr/bin/chromium.
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';

const DESKTOP = { width: 1200, height: 860 };
const PHONE = { width: 390, height: 844 };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false } },
});
const [baseUrl, folder = 'docs/pictures'] = positionals;
if (baseUrl === undefined) throw new Error('Say where Stagecast runs: take-pictures.ts <baseUrl> [folder]');

async function addressOfFirst(page: Page, selector: string): Promise<string> {
  const href = await page.locator(selector).first().getAttribute('href', { timeout: 5000 });
  if (href === null) throw new Error(`${page.url()} has nothing to photograph (${selector}).`);
  return new URL(href, page.url()).href;
}

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.BROWSER_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
try {
  const page = await browser.newPage();
  await page.goto(baseUrl);
  const showUrl = await addressOfFirst(page, '.shelf a');
  await page.goto(showUrl);
  const episodeUrl = await addressOfFirst(page, '.episode a');
  // A player in mid-talk says more than an empty one.
  await page.goto(episodeUrl);
  const chapter = page.locator('[data-start]').nth(1);
  const place = (await chapter.count()) > 0 ? ((await chapter.getAttribute('href')) ?? '') : '';
  const pages = { episode: episodeUrl + place, ...(values.all ? { show: showUrl, shows: baseUrl } : {}) };
  const screens = { desktop: DESKTOP, ...(values.all ? { phone: PHONE } : {}) };
  for (const [pageName, url] of Object.entries(pages))
    for (const [screenName, viewport] of Object.entries(screens))
      for (const colorScheme of ['light', 'dark'] as const) {
        const shot = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 1 });
        await shot.goto(url, { waitUntil: 'networkidle' });
        const path = `${folder}/${pageName}-${screenName}-${colorScheme}.png`;
        await shot.screenshot({ path, fullPage: true });
        await shot.close();
        console.log(path);
      }
} finally {
  await browser.close();
}
