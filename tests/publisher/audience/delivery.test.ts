import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audioAddress, elsewhere, type MediaDelivery } from '../../../publisher/audience/delivery.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';
import { feedKey } from '../../../publisher/site/addresses.ts';
import type { Catalog } from '../../../src/catalog/index.ts';
import { publishAndTell } from '../../../src/jobs/publish-and-tell.ts';
import {
  openTestCatalog,
  quietLogger,
  testBaseUrl,
  type TestCatalog,
} from '../../catalog/support/test-catalog.ts';
import { temporaryFolder } from '../shelf.ts';
import { onAir } from './support/on-air.ts';

let opened: TestCatalog;
let catalog: Catalog;
beforeAll(async () => {
  opened = await openTestCatalog();
  catalog = opened.catalog;
});
afterAll(() => opened.remove());

const CDN = 'https://cdn.example.org';
/** A store that the world reaches; private keys never lie open. */
const publicStore = (store: MediaStore): MediaStore => ({
  ...store,
  publicUrl: (key) => (key.startsWith('private/') ? undefined : `${CDN}/${key}`),
});
const store = { publicUrl: (key: string) => (key.startsWith('private/') ? undefined : `${CDN}/${key}`) };

test.each<[MediaDelivery, string, asked: string | undefined, named: string]>([
  ['stream', 'media/a.mp3', undefined, 'ours'],
  ['redirect', 'media/a.mp3', `${CDN}/media/a.mp3`, 'ours'],
  ['direct', 'media/a.mp3', `${CDN}/media/a.mp3`, `${CDN}/media/a.mp3`],
  ['direct', 'media/a.opus', `${CDN}/media/a.opus`, `${CDN}/media/a.opus`],
  // What needs headers of ours, and what is not for everybody.
  ['direct', 'media/a.vtt', undefined, 'ours'],
  ['direct', 'private/a.mp3', undefined, 'ours'],
  ['redirect', 'private/a.mp3', undefined, 'ours'],
])('%s: %s', (delivery, key, asked, named) => {
  expect(elsewhere(delivery, key, store)).toBe(asked);
  expect(audioAddress(delivery, key, store, 'ours')).toBe(named);
});

test.each<[MediaDelivery, string]>([
  ['stream', testBaseUrl],
  ['redirect', testBaseUrl],
  ['direct', CDN],
])('%s: the feed names %s, and pages let their players go where they are sent', async (delivery, origin) => {
  const { show, episode, media, app, renditions } = await onAir(catalog, { delivery, storeOf: publicStore });
  await catalog.episodes.publish(show.guild_id, episode.id);
  await catalog.episodes.markPublished(episode.id);
  const mediaAddress = (key: string) => audioAddress(delivery, key, media, `${testBaseUrl}/${key}`);
  const options = {
    ...{ catalog, media, baseUrl: testBaseUrl, mediaAddress, logger: quietLogger },
    scratchFolder: await temporaryFolder(),
  };
  await publishAndTell(options, show.id);
  const feed = await media.read(feedKey(show.slug));
  const mp3 = renditions.find(({ kind }) => kind === 'mp3')!.mediaKey;
  expect((await buffer(feed!.body)).toString()).toContain(`<enclosure url="${origin}/${mp3}"`);
  const policy = (await app.request(`/shows/${show.slug}/`)).headers.get('content-security-policy');
  expect(policy).toContain(delivery === 'stream' ? "media-src 'self';" : `media-src 'self' ${CDN};`);
});
