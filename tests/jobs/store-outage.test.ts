/** The media store goes away while an episode is published, at every moment at which it can. */
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { StoreError } from '../../publisher/media/store-error.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import { jobPolicies } from '../../src/catalog/queue-policies.ts';
import { publishJob } from '../../src/jobs/publish-job.ts';
import { outlastStore } from '../../src/jobs/outlast-store.ts';
import {
  openTestCatalog,
  quietLogger,
  testBaseUrl,
  type TestCatalog,
} from '../catalog/support/test-catalog.ts';
import { moodyStore } from './support/moody-store.ts';
import { readyEpisode } from './support/ready-episode.ts';

let opened: TestCatalog;
let folder: MediaStore;
beforeAll(async () => {
  opened = await openTestCatalog();
  folder = createFolderStore(path.join(opened.options.dataFolder, 'media'));
});
afterAll(() => opened.remove());

/** The pauses between the tries of a job, at their shortest: pg-boss draws each from [half, whole] (dist/plans.js, "failJobs"). */
function shortestPausesSeconds({
  retryLimit,
  retryDelay,
  retryDelayMax,
}: (typeof jobPolicies)['publish']['queue']) {
  return Array.from({ length: retryLimit }, (_, retry) =>
    Math.min(retryDelayMax, (Math.max(retryDelay, 1) * 2 ** Math.min(16, retry + 1)) / 2),
  );
}

test.each(['publish', 'refresh', 'take-down'] as const)(
  '%s outlasts a store that is away for ten minutes',
  (name) => {
    const pauses = shortestPausesSeconds(jobPolicies[name].queue);
    const sum = pauses.reduce((total, pause) => total + pause, 0);
    expect(sum).toBeGreaterThan(25 * 60);
    // What it waits at most after the store is back.
    expect(Math.max(...pauses)).toBeLessThanOrEqual(300);
  },
);

test('whenever the store leaves: nothing is half published, nothing lost, and the next try brings it to its end', async () => {
  const { catalog } = opened;
  const logger = Object.assign(Object.create(quietLogger) as typeof quietLogger, { error: vi.fn() });
  const store = moodyStore(folder);
  const job = publishJob({
    ...{ catalog, media: store.media, baseUrl: testBaseUrl, logger },
    scratchFolder: path.join(opened.options.dataFolder, 'scratch'),
  });
  const run = (episodeId: string) =>
    job.run({ id: 'job', payload: { episodeId }, signal: new AbortController().signal });
  const first = await readyEpisode(catalog, folder, { title: 'First' });
  const { guild, show } = first;
  await catalog.episodes.publish(guild.id, first.episode.id);
  await run(first.episode.id);
  const feed = async () => text((await folder.read(`shows/${show.slug}/feed.xml`))!.body);
  const enclosuresIn = (xml: string) =>
    [...xml.matchAll(/<enclosure url="([^"]+)"/g)].map(([, url = '']) => new URL(url).pathname.slice(1));

  const second = await readyEpisode(catalog, folder, { title: 'Second', guild });
  await catalog.episodes.publish(guild.id, second.episode.id);
  let tries = 0;
  for (let calls = 0; ; calls += 1) {
    store.leaveAfter(calls);
    tries += 1;
    const fault = await run(second.episode.id).then(
      () => undefined,
      (error: unknown) => error,
    );
    // The feed is one whole document at every moment, and leads to nothing that is not there.
    const xml = await feed();
    expect(xml).toContain('</rss>');
    expect(xml).toContain(first.episode.guid);
    for (const key of enclosuresIn(xml))
      expect(await folder.head(decodeURIComponent(key)), key).toBeDefined();
    if (xml.includes(second.episode.guid))
      expect(
        await folder.head(`shows/${show.slug}/episodes/${second.episode.slug}/index.html`),
      ).toBeDefined();
    if (fault === undefined) break;
    expect(fault).toMatchObject({ name: 'StoreError', code: 'away' });
    // Between the tries it waits, unharmed; once it is published it stays so, and what is left is to sweep.
    expect(await catalog.episodes.byId(second.episode.id)).toMatchObject({ failure: null });
  }
  expect(tries).toBeGreaterThan(5);
  store.comeBack();
  await run(second.episode.id);
  expect(await catalog.episodes.byId(second.episode.id)).toMatchObject({ state: 'published', failure: null });
  expect(await feed()).toContain(second.episode.guid);
  for (const key of [...first.mediaKeys, ...second.mediaKeys]) expect(await folder.head(key)).toBeDefined();
});

describe('what was expensive to make waits for the store', () => {
  const away = () => new StoreError('away', 'gone');
  const quick = { withinMs: 2000, firstPauseMs: 5 };
  const spies = () => ({ warn: vi.fn(), info: vi.fn() });

  test('until it is back, and the operator is told with the remedy', async () => {
    const logger = spies();
    const work = vi
      .fn()
      .mockRejectedValueOnce(away())
      .mockRejectedValueOnce(new StoreError('full', 'quota'))
      .mockResolvedValue(7);
    const { signal } = new AbortController();
    expect(await outlastStore<unknown>(work, { signal, logger }, quick)).toBe(7);
    expect(work).toHaveBeenCalledTimes(3);
    expect(logger.warn).toHaveBeenLastCalledWith(
      expect.objectContaining({ err: expect.any(StoreError) as StoreError }),
      expect.stringMatching(/is full.*To do: raise the quota/),
    );
    expect(logger.info).toHaveBeenCalledOnce();
  });

  test('but not for ever, nor for what will not pass, nor when the worker closes', async () => {
    const logger = spies();
    const closing = new AbortController();
    const outlast = (error: Error, patience = quick) =>
      outlastStore(() => Promise.reject(error), { signal: closing.signal, logger }, patience);
    await expect(outlast(away(), { withinMs: 30, firstPauseMs: 5 })).rejects.toMatchObject({ code: 'away' });
    logger.warn.mockClear();
    await expect(outlast(new StoreError('damaged', 'x'))).rejects.toMatchObject({ code: 'damaged' });
    await expect(outlast(new Error('other'))).rejects.toThrow('other');
    expect(logger.warn).not.toHaveBeenCalled();
    const waiting = outlast(away(), { withinMs: 60_000, firstPauseMs: 30_000 });
    setTimeout(() => closing.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
