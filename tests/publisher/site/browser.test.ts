/** The pages in a real browser. Skipped where there is none: `npm run setup -- --with browser` brings one. */
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  episodePath,
  executablePath,
  launchBrowser,
  openPage,
  startSite,
} from './support/site-in-browser.ts';

describe.skipIf(!existsSync(executablePath))('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  const playerTime = (page: Page) => page.evaluate(`document.getElementById('audio').currentTime`);

  test('no page breaks its own policy, misses a file or asks another host; none is wider than a phone', async () => {
    const site = await startSite();
    const { page, faults } = await openPage(browser, site, { width: 320, height: 640 });
    for (const address of ['/', '/shows/wednesday-stage/', episodePath]) {
      await page.goto(site + address, { waitUntil: 'networkidle' });
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect([address, width]).toEqual([address, 320]);
    }
    expect(faults).toEqual([]);
  });

  test('a ?t= link opens at its place, a chapter moves the player and is marked', async () => {
    const site = await startSite();
    const { page, faults } = await openPage(browser, site);
    await page.goto(`${site}${episodePath}?t=0:30`);
    await expect.poll(() => playerTime(page)).toBe(30);
    await page.getByRole('link', { name: /Questions/ }).click();
    await expect.poll(() => playerTime(page)).toBeGreaterThanOrEqual(61);
    await expect.poll(() => page.locator('[aria-current]').textContent()).toContain('Questions');
    expect(new URL(page.url()).search).toBe('?t=61');
    expect(faults).toEqual([]);
  });

  test('nothing of the audio is fetched before somebody asks', async () => {
    const site = await startSite();
    const { page } = await openPage(browser, site);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(site + episodePath, { waitUntil: 'networkidle' });
    expect(asked.filter((pathname) => pathname.startsWith('/media/'))).toEqual([]);
  });
});
