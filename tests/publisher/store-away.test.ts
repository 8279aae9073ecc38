import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createPublisherApp } from '../../publisher/app.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { publishShow } from '../../publisher/site/publish-show.ts';
import { moodyStore } from '../jobs/support/moody-store.ts';
import { BASE_URL, catalogOf, guild, show, storedEpisode, temporaryFolder } from './shelf.ts';

test('while the store is away, requests are told to come back, and do', async () => {
  const store = moodyStore(createFolderStore(await temporaryFolder()));
  const { media } = store;
  const episode = await storedEpisode(media, 1);
  const rows = { guilds: [guild], shows: [show], episodes: [episode], sessions: [] };
  const catalog = catalogOf(rows);
  await publishShow({ catalog, media, baseUrl: BASE_URL }, show.id);
  const lines: string[] = [];
  const app = createPublisherApp({
    ...{ catalog, media, baseUrl: BASE_URL, signingKey: Buffer.alloc(32), percentOf: () => 0 },
    ...{ sessionsFolder: await temporaryFolder(), exportsFolder: await temporaryFolder() },
    logger: pino({}, { write: (line: string) => void lines.push(line) }),
  });
  const address = `/${episode.renditions[0]!.media_key}`;
  store.leaveAfter(0);
  const answer = await app.request(address);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).toContain('Nothing is lost');
  expect(lines.join('')).toContain('"code":"away"');
  expect((await app.request('/healthz')).status).toBe(200);
  store.comeBack();
  expect((await app.request(address)).status).toBe(200);
});
