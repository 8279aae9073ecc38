/** The player of an episode's page and of other people's pages, in a real browser. Skipped where there is none. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openSampleSite, SAMPLE_PATHS } from './support/sample-site.ts';
import { executablePath, launchBrowser } from './support/site-in-browser.ts';

const EPISODE = SAMPLE_PATHS.episode;

describe.skipIf(!existsSync(executablePath))('the player', { timeout: 30_000 }, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof openSampleSite>>;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), openSampleSite({ transcriptSeconds: 60 })]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), site.close()]);
  });
  /** A visitor with a memory of their own. */
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1200, height: 860 } });
    page = await context.newPage();
    faults = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
  });
  afterEach(async () => {
    expect(faults).toEqual([]);
    await context.close();
  });

  const audio = <T>(property: string) => page.evaluate<T>(`document.getElementById('audio').${property}`);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const slider = () => page.getByRole('slider', { name: 'Position' });

  test('plays, pauses, skips and goes to a place, and says so', async () => {
    await page.goto(`${site.url}${EPISODE}?t=100`);
    await expect.poll(() => audio('currentTime')).toBe(100);
    await button('Forward 30 seconds').click();
    await expect.poll(() => audio('currentTime')).toBe(130);
    await button('Back 15 seconds').click();
    await expect.poll(() => audio('currentTime')).toBe(115);
    await button('Play').click();
    await expect.poll(() => audio('paused')).toBe(false);
    await button('Pause').click();
    await expect.poll(() => audio('paused')).toBe(true);
    await slider().fill('1800');
    await expect.poll(() => audio<number>('currentTime')).toBe(1800);
    expect(await slider().getAttribute('aria-valuetext')).toBe('30:00 of 42:17');
    expect(await page.locator('.chapters [aria-current]').textContent()).toContain(
      'Questions from the house',
    );
    expect(await page.locator('#deck-chapter').textContent()).toBe('Questions from the house');
  });

  test('is worked by keys while the focus is in it, and by none elsewhere', async () => {
    await page.goto(`${site.url}${EPISODE}?t=100`);
    await expect.poll(() => audio('currentTime')).toBe(100);
    await page.locator('h1').click();
    await page.keyboard.press('l');
    await page.getByRole('searchbox').pressSequentially('jkl');
    expect([await audio('currentTime'), await audio('paused')]).toEqual([100, true]);
    await button('Play').focus();
    for (const [key, place] of [
      ['l', 130],
      ['j', 115],
      ['n', 402],
      ['p', 94],
      ['n', 402],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(() => audio('currentTime')).toBe(place);
    }
    await page.keyboard.press('+');
    expect(await audio('playbackRate')).toBe(1.25);
    await page.keyboard.press('Control+l');
    expect(await audio('currentTime')).toBe(402);
    await page.keyboard.press('k');
    await expect.poll(() => audio('paused')).toBe(false);
    await page.keyboard.press('k');
    await expect.poll(() => audio('paused')).toBe(true);
    expect(await page.locator('#said').textContent()).toBe('Speed 1.25');
  });

  test('remembers place and speed, wherever the episode is played, and fetches nothing for it', async () => {
    await page.goto(`${site.url}${EPISODE}?t=700`);
    await expect.poll(() => audio('currentTime')).toBe(700);
    await page.getByLabel('Speed').selectOption('1.5');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(site.url + SAMPLE_PATHS.embed, { waitUntil: 'networkidle' });
    expect(await page.locator('#now').textContent()).toBe('11:40');
    expect(await page.getByLabel('Speed').inputValue()).toBe('1.5');
    expect(asked.filter((path) => path.startsWith('/media/'))).toEqual([]);
    await button('Play').click();
    await expect.poll(() => audio<number>('currentTime')).toBeGreaterThanOrEqual(700);
    expect(await audio('playbackRate')).toBe(1.5);
    // A link to a place goes before what is remembered.
    await page.goto(`${site.url}${EPISODE}?t=1:30`);
    await expect.poll(() => audio('currentTime')).toBe(90);
  });

  test('an episode heard to its end begins anew', async () => {
    await page.goto(`${site.url}${EPISODE}?t=2530`);
    await expect.poll(() => audio('currentTime')).toBe(2530);
    await page.goto(site.url + EPISODE);
    expect(await page.locator('#now').textContent()).toBe('0:00');
  });

  test('tells the system what plays, and obeys it', async () => {
    await page.addInitScript(`
      window.handlers = {};
      navigator.mediaSession.setActionHandler = (action, handle) => { window.handlers[action] = handle; };
    `);
    await page.goto(`${site.url}${EPISODE}?t=100`);
    await expect.poll(() => audio('currentTime')).toBe(100);
    const metadata = await page.evaluate(
      `(({ title, artist, album, artwork }) => ({ title, artist, album, art: artwork[0].src }))(navigator.mediaSession.metadata)`,
    );
    expect(metadata).toEqual({
      ...{ title: 'The lighthouse keeper’s database', artist: 'The Wednesday Collective' },
      ...{ album: 'The Wednesday Stage', art: expect.stringMatching(/\/art\/cover\..*\.jpg$/) as string },
    });
    for (const [call, place] of [
      ['seekforward({})', 130],
      ['seekbackward({ seekOffset: 20 })', 110],
      ['seekto({ seekTime: 500 })', 500],
      ['nexttrack()', 811],
      ['previoustrack()', 402],
    ] as const) {
      await page.evaluate(`window.handlers.${call}`);
      await expect.poll(() => audio('currentTime')).toBe(place);
    }
    await page.evaluate('window.handlers.play()');
    await expect.poll(() => page.evaluate('navigator.mediaSession.playbackState')).toBe('playing');
    await page.evaluate('window.handlers.pause()');
    await expect.poll(() => audio('paused')).toBe(true);
  });

  test('goes to sleep at the end of a chapter, or after a while', async () => {
    await page.clock.install();
    await page.goto(`${site.url}${EPISODE}?t=400`);
    await expect.poll(() => audio('currentTime')).toBe(400);
    await page.getByLabel('Sleep').selectOption('chapter');
    await button('Play').click();
    await expect.poll(() => audio('paused'), { timeout: 8000 }).toBe(true);
    expect(Math.floor(await audio<number>('currentTime'))).toBe(402);
    await page.getByLabel('Sleep').selectOption('10');
    await button('Play').click();
    await expect.poll(() => audio('paused')).toBe(false);
    await page.clock.fastForward('10:01');
    await expect.poll(() => audio('paused')).toBe(true);
    expect(await page.getByLabel('Sleep').inputValue()).toBe('');
  });

  test('copies a link to its place', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    for (const path of [EPISODE, SAMPLE_PATHS.embed]) {
      await page.goto(`${site.url}${path}?t=94`);
      await expect.poll(() => audio('currentTime')).toBe(94);
      await page.getByRole('button', { name: 'Copy link' }).click();
      await expect
        .poll(() => page.evaluate('navigator.clipboard.readText()'))
        .toBe(`${site.url}${EPISODE}?t=94`);
    }
  });

  test('plays in a frame of another site, which may keep it from remembering', async () => {
    const frame = `<iframe src="${site.url}${SAMPLE_PATHS.embed}" width="600" height="240" sandbox="allow-scripts"></iframe>`;
    const other = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><link rel="icon" href="data:,">${frame}${frame.replace('embed/', '')}`);
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    await page.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
    const inside = page.frameLocator('iframe >> nth=0');
    await inside.getByRole('button', { name: 'Play', exact: true }).click();
    await inside.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    const [shown, refused] = [page.frames()[1], page.frames()[2]];
    expect(await shown?.title()).toContain('The lighthouse keeper’s database');
    // The episode's own page shows in no frame, and the browser says why.
    await expect.poll(() => faults.join()).toContain('frame-ancestors');
    expect(refused?.url()).not.toContain('/episodes/');
    faults.length = 0;
  });

  test('without scripts there are the browser’s own controls, and no empty deck', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const still = await plain.newPage();
    for (const path of [EPISODE, SAMPLE_PATHS.embed]) {
      await still.goto(site.url + path);
      expect(await still.locator('audio[controls]').isVisible()).toBe(true);
      expect(await still.locator('.deck').isVisible()).toBe(false);
      expect(await still.getByRole('search').count()).toBe(0);
    }
    await plain.close();
  });

  test.each([
    ['a phone', { width: 320, height: 640 }],
    ['a desktop', { width: 1200, height: 860 }],
  ])('stays in sight on %s once it plays, and hides nothing that is jumped to', async (_screen, viewport) => {
    await page.setViewportSize(viewport);
    await page.goto(`${site.url}${EPISODE}?t=10`);
    await button('Play').click();
    await page.getByRole('searchbox').fill('loud');
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await expect.poll(() => button('Pause').isVisible()).toBe(true);
    const box = (await button('Pause').boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThan(viewport.height);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
  });
});
