/** Every kind of page before axe-core, in both themes, on a phone and a desktop. Skipped where there is no browser. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSampleSite, SAMPLE_PATHS, startSampleSite } from './support/sample-site.ts';
import { executablePath, launchBrowser } from './support/site-in-browser.ts';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1200, height: 860 } };

const THEMES = ['light', 'dark'] as const;

/** What axe-core calls serious or critical, each with the element it means. The page has axe-core already. */
async function graveFindings(page: Page, rules?: string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) };
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join()} ${failureSummary}`),
    );
}

describe.skipIf(!existsSync(executablePath))('axe-core finds nothing serious', { timeout: 30_000 }, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof openSampleSite>>;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), openSampleSite({ transcriptSeconds: 600 })]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), site.close()]);
  });

  const open = async (address: string) => {
    // A theme that changes under the page changes at once: half-way colours are nobody's.
    const page = await browser.newPage({ viewport: SCREENS.desktop, reducedMotion: 'reduce' });
    onTestFinished(() => page.close());
    await page.goto(address);
    await page.evaluate(axeSource);
    return page;
  };

  test.each(Object.entries(SAMPLE_PATHS))('on the page %s', async (_name, path) => {
    const page = await open(site.url + path);
    for (const [screen, viewport] of Object.entries(SCREENS))
      for (const colorScheme of THEMES) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        const where = `${screen}, ${colorScheme}`;
        expect([where, await graveFindings(page)]).toEqual([where, []]);
      }
  });

  test('in the colours of a show whose own would be unreadable as it is', async () => {
    const { url } = await startSampleSite({ show: { brand: { accent: '#ffe600' } }, transcriptSeconds: 60 });
    for (const path of [SAMPLE_PATHS.episode, SAMPLE_PATHS.upcoming, SAMPLE_PATHS.embed]) {
      const page = await open(url + path);
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        const found = await graveFindings(page, ['color-contrast']);
        expect([path, colorScheme, found]).toEqual([path, colorScheme, []]);
      }
    }
  });

  test('while it plays, with places found in the transcript and the list of keys open', async () => {
    const page = await open(`${site.url}${SAMPLE_PATHS.episode}?t=10`);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByText('Keys', { exact: true }).click();
    await page.getByRole('searchbox').fill('lamp');
    await page.getByText(/found$/).waitFor();
    await page.keyboard.press('Enter');
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await graveFindings(page)]).toEqual([colorScheme, []]);
    }
  });
});
