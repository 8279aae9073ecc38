/** A transcript in a real browser: on the episode's page, and its WebVTT as the browser's own captions. */
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaStore } from '../../../publisher/media/store.ts';
import type { PublishableEpisode, Transcript } from '../../../src/catalog/index.ts';
import { storeTranscript } from '../../../src/jobs/store-transcript.ts';
import { textOf } from '../../../src/transcript/model.ts';
import { cue } from '../../transcript/support/pieces.ts';
import {
  episodePath,
  executablePath,
  launchBrowser,
  openPage,
  startSite,
} from './support/site-in-browser.ts';

const ENDLESS = 'NobodyEndsTheirNameHere'.repeat(2);
const talk = [
  cue('Zoë 🎙️', 0.5, 3, 'Good evening, everybody, and welcome.'),
  cue('Zoë 🎙️', 3.5, 6, 'Tonight four people share one stage.'),
  cue('مريم', 8, 12, 'مساء الخير جميعا وأهلا بكم'),
  cue('<b>R&D</b> "team"', 30, 34, 'We measured a < b && c > d, twice.'),
  cue(ENDLESS, 62, 66, `And ${'w'.repeat(200)}, as they say.`),
  cue('Zoë 🎙️', 80, 84, 'Until next week.'),
];

async function withTranscript(media: MediaStore, episode: PublishableEpisode) {
  const files = (await storeTranscript(media, episode, talk))!;
  const transcript: Transcript = {
    ...{ episode_id: episode.id, state: 'ready', language: 'en', cues: talk.length, updated_at: new Date() },
    note: 'Missing: Tobias from 0:00:10 to 0:00:20, because the endpoint is away.',
    ...{ vtt_key: files.vttKey, srt_key: files.srtKey, json_key: files.jsonKey },
  };
  return { transcript };
}

describe.skipIf(!existsSync(executablePath))('a transcript in a browser', () => {
  let browser: Browser;
  let site: string;
  let page: Page;
  let faults: string[];
  const open = async (viewport?: { width: number; height: number }) => {
    site = await startSite(withTranscript);
    ({ page, faults } = await openPage(browser, site, viewport));
    await page.goto(site + episodePath, { waitUntil: 'networkidle' });
  };
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test('every name and word is on the page as it is, and says that some are missing, not why', async () => {
    await open();
    const turns = page.locator('.turn');
    expect(await turns.locator('bdi').allTextContents()).toEqual([
      ...['Zoë 🎙️', 'مريم', '<b>R&D</b> "team"', ENDLESS, 'Zoë 🎙️'],
    ]);
    expect(await page.locator('[data-at]').allTextContents()).toEqual(talk.map(textOf));
    expect(await page.locator('.transcript-hint').textContent()).toMatch(/Some of what was said is missing/);
    expect(await page.content()).not.toContain('endpoint');
    const direction = `getComputedStyle(document.querySelectorAll('.turn-words')[1]).direction`;
    expect(await page.evaluate(direction)).toBe('rtl');
    expect(faults).toEqual([]);
  });

  test('a sentence plays from its place and is marked while it is said', async () => {
    await open();
    await page.getByText('We measured').click();
    await expect
      .poll(() => page.evaluate(`document.getElementById('audio').currentTime`))
      .toBeGreaterThanOrEqual(30);
    await expect.poll(() => page.locator('.is-spoken').textContent()).toMatch(/^We measured/);
    await page.getByRole('link', { name: '1:20' }).click();
    await expect.poll(() => page.locator('.is-spoken').textContent()).toBe('Until next week.');
    expect(faults).toEqual([]);
  });

  test('it is no wider than a phone, and there without scripts', async () => {
    await open({ width: 320, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const still = await plain.newPage();
    await still.goto(site + episodePath);
    expect(await still.locator('[data-at]').count()).toBe(talk.length);
    expect(await still.getByRole('link', { name: '1:20' }).getAttribute('href')).toBe('?t=80');
    await plain.close();
  });

  test('the browser reads the WebVTT: each cue at its time, in its speaker’s voice', async () => {
    await open();
    const href = await page.getByRole('link', { name: 'VTT' }).getAttribute('href');
    const read: [number, number, string, string][] = await page.evaluate(`new Promise((resolve, reject) => {
      const audio = document.createElement('audio');
      const track = document.createElement('track');
      track.kind = 'captions';
      track.src = ${JSON.stringify(href)};
      track.onerror = () => reject(new Error('not read'));
      track.onload = () =>
        resolve([...track.track.cues].map((cue) => {
          const voices = [...cue.getCueAsHTML().children];
          return [cue.startTime, cue.endTime, voices.map(({ title }) => title).join(), cue.getCueAsHTML().textContent];
        }));
      audio.append(track);
      document.body.append(audio);
      track.track.mode = 'hidden';
    })`);
    const first = talk.slice(0, 4);
    expect(read.slice(0, 4)).toEqual(
      first.map((each) => [each.startUs / 1e6, each.endUs / 1e6, each.speaker, textOf(each)]),
    );
    expect(
      read
        .slice(4)
        .map(([, , , words]) => words.replaceAll('\n', ''))
        .join(' '),
    ).toContain('as they say.');
    expect(faults).toEqual([]);
  });
});
