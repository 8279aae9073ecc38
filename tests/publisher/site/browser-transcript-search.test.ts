/** A long transcript in a real browser: searched, followed, and put together from its parts. Skipped where there is none. */
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sampleTalk } from './support/sample-show.ts';
import { openSampleSite, SAMPLE_PATHS } from './support/sample-site.ts';
import { executablePath, launchBrowser } from './support/site-in-browser.ts';

const SECONDS = 1800;

describe.skipIf(!existsSync(executablePath))('a long transcript', { timeout: 30_000 }, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof openSampleSite>>;
  let page: Page;
  let faults: string[];
  beforeAll(async () => {
    [browser, site] = await Promise.all([
      launchBrowser(),
      openSampleSite({ transcriptSeconds: SECONDS, episodes: 1, slug: 'episode-32' }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), site.close()]);
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1200, height: 700 }, reducedMotion: 'reduce' });
    faults = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('response', (response) => response.status() >= 400 && faults.push(response.url()));
  });
  afterEach(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });
  const sentences = () => page.locator('.turns [data-at]');
  const finder = () => page.getByRole('searchbox');
  const found = () => page.locator('#found').textContent();
  const place = () => page.evaluate(`document.getElementById('audio').currentTime`);
  const isInView = (selector: string) =>
    page.evaluate<boolean>(
      `(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
    );

  test('stands on the page in part, with links to the rest, and whole once somebody searches', async () => {
    await page.goto(site.url + SAMPLE_PATHS.episode);
    const all = sampleTalk(SECONDS).length;
    expect(await sentences().count()).toBeLessThan(all);
    const parts = await page.locator('.parts a').count();
    expect(parts).toBeGreaterThan(1);
    await finder().fill('paraffin');
    await expect.poll(found).toBe(`${Math.ceil((all - 2) / 12)} found`);
    expect(await sentences().count()).toBe(all);
    expect(await page.locator('.parts').count()).toBe(0);
    const times = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.turns a.time')].map((link) => link.search)`,
    );
    expect(new Set(times).size).toBe(times.length);
    // Times of fetched parts move this player.
    await page.locator('.turns a.time').last().click();
    await expect.poll(place).toBeGreaterThan(SECONDS - 120);
    expect(new URL(page.url()).pathname).toBe(SAMPLE_PATHS.episode);
  });

  test('search marks the words, steps through the places and plays one', async () => {
    await page.goto(site.url + SAMPLE_PATHS.episode);
    await finder().fill('STEAMER');
    await expect.poll(found).toMatch(/^\d+ found$/);
    const count = Number.parseInt((await found())!, 10);
    const marked = await page.evaluate<string[]>(`[...CSS.highlights.get('found')].map(String)`);
    expect(marked).toEqual(Array.from({ length: count }, () => 'steamer'));
    await finder().press('Enter');
    expect(await found()).toBe(`1 of ${count}`);
    await finder().press('Enter');
    expect(await found()).toBe(`2 of ${count}`);
    expect(await page.evaluate(`[...CSS.highlights.get('found-now')].map(String)`)).toEqual(['steamer']);
    await finder().press('Shift+Enter');
    await finder().press('Shift+Enter');
    expect(await found()).toBe(`${count} of ${count}`);
    await page.getByRole('button', { name: 'Next place' }).click();
    expect(await found()).toBe(`1 of ${count}`);
    expect(await isInView('.is-found')).toBe(true);
    await page.getByRole('button', { name: 'Play it' }).click();
    await expect.poll(place).toBeGreaterThanOrEqual(50);
    await expect.poll(() => page.locator('.is-spoken').textContent()).toContain('steamer');
    await finder().press('Escape');
    expect([await finder().inputValue(), await page.locator('.is-found').count()]).toEqual(['', 0]);
  });

  test('search finds letters without their marks, and says when there is nothing', async () => {
    await page.goto(site.url + SAMPLE_PATHS.episode);
    await finder().fill('wélcome to the wednesday');
    await expect.poll(found).toMatch(/^\d+ found$/);
    await finder().fill('no such words <b>');
    await expect.poll(found).toBe('Not found');
    expect(await page.getByRole('button', { name: 'Next place' }).isVisible()).toBe(false);
  });

  test('takes along whoever reads along, and nobody else', async () => {
    await page.goto(`${site.url}${SAMPLE_PATHS.episode}?t=3`);
    await expect.poll(place).toBe(3);
    const move = (seconds: number) =>
      page.evaluate(`document.getElementById('audio').currentTime = ${seconds}`);
    await finder().focus();
    await expect.poll(() => sentences().count()).toBe(sampleTalk(SECONDS).length);
    await page.locator('h1').click();
    // Somewhere else on the page: the place moves, the page does not.
    await page.evaluate('window.scrollTo(0, 0)');
    await move(900);
    const spokenAt = () => page.locator('.is-spoken').getAttribute('data-at');
    await expect.poll(spokenAt).toMatch(/^89\d/);
    expect(await page.evaluate('window.scrollY')).toBe(0);
    // In the midst of it: the page goes along.
    await page.locator('.is-spoken').scrollIntoViewIfNeeded();
    await move(1500);
    await expect.poll(spokenAt).toMatch(/^149\d/);
    expect(await isInView('.is-spoken')).toBe(true);
  });

  test('a part that cannot be had leaves the links to it', async () => {
    await page.route('**/transcript/2/', (route) => route.abort());
    await page.goto(site.url + SAMPLE_PATHS.episode);
    await finder().fill('paraffin');
    await expect.poll(found).toMatch(/^\d+ found$/);
    expect(await page.locator('.parts a').count()).toBeGreaterThan(1);
    faults = faults.filter((fault) => !fault.includes('ERR_FAILED'));
  });

  test('each part is whole by itself, and its times lead to the player', async () => {
    await page.goto(site.url + SAMPLE_PATHS.transcript);
    expect(await page.getByRole('search').count()).toBe(0);
    await page.locator('a.time').first().click();
    await page.waitForURL((url) => url.pathname === SAMPLE_PATHS.episode && url.search.startsWith('?t='));
    await expect.poll(place).toBeGreaterThan(60);
  });
});
