import { parseFeed } from 'podcast-partytime';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPublisherApp } from '../../publisher/app.ts';
import type { WholeFeed } from '../../src/import/index.ts';
import { differencesOf, stillFetchedHere } from '../../src/operator/moved-feed.ts';
import { feedHost } from '../import/support/feed-host.ts';
import { testBaseUrl } from '../catalog/support/test-catalog.ts';
import { openOperatorHouse, type OperatorHouse } from './house.ts';

let operator: OperatorHouse;
beforeAll(async () => {
  operator = await openOperatorHouse();
});
afterAll(() => operator.house.remove());

/** As apps meet it. */
async function ask(slug: string) {
  const { house } = operator;
  const { catalog, media, sessionsFolder, exportsFolder } = house;
  const app = createPublisherApp({
    ...{
      catalog,
      media,
      sessionsFolder,
      exportsFolder,
      baseUrl: testBaseUrl,
      logger: house.options().logger,
    },
    ...{ percentOf: () => 0, signingKey: new Uint8Array(32) },
  });
  const answer = await app.request(`${testBaseUrl}/shows/${slug}/feed.xml`);
  return { status: answer.status, location: answer.headers.get('location') };
}
const feedXml = async (slug: string) =>
  text((await operator.house.media.read(`shows/${slug}/feed.xml`))!.body);

async function twoEpisodes() {
  const first = await operator.publishedEpisode('First');
  const second = await operator.publishedEpisode('Second', first.guild);
  return { ...first, slug: first.show.slug, second };
}

test('a show leaves once all of it is at the new host, by 301 and new-feed-url, and stays again', async () => {
  const { slug, show } = await twoEpisodes();
  const host = await feedHost();
  // What the new host has imported is our own feed, read by it.
  host.put('/feed.xml', await feedXml(slug), 'application/rss+xml');
  const url = `${host.url}/feed.xml`;
  const leave = (more: object = {}) =>
    operator.give('leave', { show: slug, url, allow: [host.host], ...more });
  const complained = await leave();
  // A loopback host has no https; that much is said of every new host without it.
  expect(complained).toMatchObject({
    code: 1,
    said: expect.stringContaining('is not served by https') as string,
  });
  expect((await ask(slug)).status).toBe(200);
  const gone = await leave({ anyway: true });
  expect(gone.code).toBe(0);
  expect(gone.said).toContain('at least 4 weeks');
  expect(await ask(slug)).toEqual({ status: 301, location: url });
  expect(await feedXml(slug)).toContain(`<itunes:new-feed-url>${url}</itunes:new-feed-url>`);
  expect(parseFeed(await feedXml(slug))).toMatchObject({ guid: show.podcast_guid });
  expect(gone.said).toContain('still names 2 files of this installation');
  const back = await operator.give('leave', { show: slug, stay: true });
  expect(back.code).toBe(0);
  expect(back.said).toContain('let that lead back here (301)');
  expect((await ask(slug)).status).toBe(200);
  expect(await feedXml(slug)).not.toContain('new-feed-url');
});

test('what is missing at the new host is said by name, and nothing changes', async () => {
  const { slug, second } = await twoEpisodes();
  const host = await feedHost();
  const xml = (await feedXml(slug)).replaceAll(second.episode.guid, 'made-anew');
  host.put('/guids.xml', xml, 'text/xml');
  host.put(
    '/identity.xml',
    xml.replace(/<podcast:guid>[^<]*/, '<podcast:guid>9b024349-ccf0-5f69-a609-6b82873eab3c'),
    'text/xml',
  );
  host.put('/none.xml', xml.replace(/<podcast:guid>[^<]*<\/podcast:guid>/, ''), 'text/xml');
  const leave = async (name: string) => {
    const { code, said } = await operator.give('leave', {
      show: slug,
      url: `${host.url}${name}`,
      allow: [host.host],
    });
    expect(code).toBeGreaterThan(0);
    return said;
  };
  const guids = await leave('/guids.xml');
  expect(guids).toContain('1 of 2 episodes are not in the new feed');
  expect(guids).toContain(`  - “Second”, guid ${second.episode.guid}`);
  expect(await leave('/identity.xml')).toContain('directories would take it for another show');
  expect(await leave('/none.xml')).toContain('The new feed has no podcast:guid');
  expect(await leave('/404.xml')).toContain('answers with status 404');
  const private_ = await operator.give('leave', { show: slug, url: `${host.url}/guids.xml` });
  expect(private_.said).toContain('not the public internet');
  const circle = await operator.give('leave', { show: slug, url: 'nonsense' });
  expect(circle.said).toContain('is no web address');
  expect((await ask(slug)).status).toBe(200);
});

test('what cannot be followed, or leads back here, is not led to', async () => {
  const { slug, show } = await twoEpisodes();
  const { catalog } = operator.house;
  const host = await feedHost();
  host.put('/feed.xml', await feedXml(slug), 'text/xml');
  const leave = (url: string) =>
    operator.give('leave', { show: slug, url, allow: [host.host], anyway: true });
  const long = `/${'x'.repeat(900)}.xml`;
  host.put(long, await feedXml(slug), 'text/xml');
  const tooLong = await leave(`${host.url}${long}`);
  expect([tooLong.code, tooLong.said]).toEqual([1, expect.stringContaining('too long an address')]);
  await operator.give('leave', { show: slug, stay: true });
  await catalog.shows.update(show.guild_id, show.id, { customDomain: '127.0.0.1' });
  expect((await leave(`${host.url}/feed.xml`)).said).toContain('listeners would go round in circles');
  await catalog.shows.update(show.guild_id, show.id, { customDomain: null });
  const quiet = await catalog.shows.create(show.guild_id, { title: 'Quiet' });
  const unpublished = await operator.give('leave', { show: quiet.slug, url: `${host.url}/feed.xml` });
  expect(unpublished.said).toContain('has published nothing yet');
  expect((await ask(slug)).status).toBe(200);
});

test.each([
  ['https://podcasts.example.org/media/1.mp3', 1],
  ['http://podcasts.example.org/media/1.mp3', 1],
  ['https://cdn.example.org/media/1.mp3', 1],
  ['https://new.example/podcasts.example.org/1.mp3', 0],
])('whether %s is fetched here still', (url, times) => {
  const item = { enclosure: { url } } as WholeFeed['items'][number];
  const ours = ['https://podcasts.example.org', 'https://cdn.example.org/shows/x/feed.xml', undefined];
  expect(stillFetchedHere({ items: [item] }, ours)).toBe(times);
});

test('a podcast:guid in capitals is the same', () => {
  const guid = '9b024349-ccf0-5f69-a609-6b82873eab3c';
  const show = { podcast_guid: guid, title: 'x', feed: {} };
  const theirs = (podcastGuid: string) =>
    ({ url: 'https://new.example/', items: [], show: { podcastGuid } }) as unknown as WholeFeed;
  expect(differencesOf(show, [], theirs(guid.toUpperCase()))).toEqual([]);
  expect(differencesOf(show, [], theirs(guid.replace('9', '8')))).toHaveLength(1);
});

test('before it moves another host is let in: without the lock, and with its word', async () => {
  const { slug } = await twoEpisodes();
  const { code, said } = await operator.give('leave', { show: slug, unlock: true, verify: 'word-of-theirs' });
  expect(code).toBe(0);
  expect(said).toContain('podcast:locked no');
  expect(await feedXml(slug)).toContain('>no</podcast:locked>');
  expect(await feedXml(slug)).toContain('<podcast:txt purpose="verify">word-of-theirs</podcast:txt>');
  const back = await operator.give('leave', { show: slug, stay: true });
  expect(back.said).not.toContain('301');
  expect(await feedXml(slug)).toContain('>yes</podcast:locked>');
  expect(await feedXml(slug)).not.toContain('word-of-theirs');
  for (const steps of [{}, { unlock: true, stay: true }, { unlock: true, url: 'https://x.example/' }])
    expect(await operator.give('leave', { show: slug, ...steps })).toMatchObject({
      ...{ code: 2, said: expect.stringMatching(/^One step at a time/) as string },
    });
  expect((await operator.give('leave', { show: 'none', stay: true })).code).toBe(2);
});
