/** Members' feeds of shows that are long, that have nothing for others, or that have something no app could play. */
import { parseFeed } from 'podcast-partytime';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createPublisherApp } from '../../../publisher/app.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';
import { hashOfToken } from '../../../publisher/members/token.ts';
import { publishShow } from '../../../publisher/site/publish-show.ts';
import { createPublishingMemory } from '../../../publisher/site/publishing-memory.ts';
import type { MemberFeed, PublishableEpisode } from '../../../src/catalog/index.ts';
import { BASE_URL, catalogOf, guild, type Rows, show, storedEpisode, temporaryFolder } from '../shelf.ts';

const TOKENS = ['one', 'two'].map((name) => name.padEnd(43, '_'));
const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const SHOW_FOLDER = 'shows/wednesday-stage/';

/** An episode that only members hear, with its audio where it belongs. */
async function membersEpisode(media: MediaStore, number: number, fields: Partial<PublishableEpisode> = {}) {
  const open = await storedEpisode(media, number, { visibility: 'members', ...fields });
  const renditions = [];
  for (const rendition of open.renditions) {
    const { body } = (await media.read(rendition.media_key))!;
    const key = `private/${rendition.media_key}`;
    const bytes = Buffer.concat(await body.toArray());
    await media.put(key, { body: bytes }, { contentType: rendition.mime_type });
    renditions.push({ ...rendition, media_key: key });
  }
  return { ...open, renditions };
}

async function setUp(episodesOf: (media: MediaStore) => Promise<PublishableEpisode[]>, isOut = true) {
  const media = createFolderStore(await temporaryFolder());
  const published_at = isOut ? show.published_at : null;
  const rows: Rows = {
    ...{ guilds: [guild], sessions: [], episodes: await episodesOf(media) },
    shows: [{ ...show, members_role_id: '700', feed: { pagedAfter: 10 }, published_at }],
  };
  const memory = createPublishingMemory();
  const catalog = catalogOf(rows);
  const publish = (store: MediaStore = media) =>
    publishShow({ catalog, media: store, baseUrl: BASE_URL, memory, now: () => new Date(NOW_MS) }, show.id);
  const standing = { has_role: true };
  const feedOf = (token_hash: string): MemberFeed => ({
    ...{ show_id: show.id, user_id: '900', generation: 1, state: 'active', token_hash, ...standing },
    ...{ checked_at: new Date(NOW_MS), role_changed_at: new Date(NOW_MS), created_at: new Date(NOW_MS) },
  });
  const hashes = new Set(TOKENS.map(hashOfToken));
  const app = createPublisherApp({
    ...{ catalog, media, baseUrl: BASE_URL, nowMs: () => NOW_MS, percentOf: () => 0 },
    ...{ sessionsFolder: await temporaryFolder(), exportsFolder: await temporaryFolder() },
    ...{ signingKey: Buffer.alloc(32), logger: pino({ level: 'silent' }) },
    members: {
      ...{ graceMs: 60_000, delivery: 'stream' },
      feeds: {
        byHash: (hash) =>
          Promise.resolve(hashes.has(hash) ? { feed: feedOf(hash), show: rows.shows[0]! } : undefined),
        learn: () => Promise.resolve(0),
      },
    },
  });
  const get = (address: string, headers: Record<string, string> = {}) =>
    app.request(address.replace(BASE_URL, ''), { headers });
  const edit = (index: number, fields: Partial<PublishableEpisode>) => {
    rows.episodes[index] = { ...rows.episodes[index]!, ...fields };
    rows.shows[0] = { ...rows.shows[0]!, feed_revision: rows.shows[0]!.feed_revision + 1 };
  };
  return { media, rows, publish, get, edit, standing };
}

/** Newest first; every third is for members alone. */
async function manyEpisodes(media: MediaStore): Promise<PublishableEpisode[]> {
  const [open, hidden] = [await storedEpisode(media, 1), await membersEpisode(media, 2)];
  return Array.from({ length: 25 }, (_, index) => ({
    ...(index % 3 === 0 ? hidden : open),
    ...{ id: `e1500000-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`, guid: `guid ${index}` },
    ...{
      slug: `part-${index}`,
      title: `Part ${index}`,
      published_at: new Date(Date.UTC(2026, 9, 25 - index)),
    },
  }));
}

test('a long one has an archive behind it, of which each page is the member’s own', async () => {
  const { publish, get, edit, media, standing } = await setUp(manyEpisodes);
  await publish();
  const [mine, theirs] = TOKENS.map((token) => `${BASE_URL}/members/${token}/`);
  const guids = new Set<string>();
  let url: string | undefined = `${mine}feed.xml`;
  const pages: string[] = [];
  while (url !== undefined) {
    pages.push(url);
    const xml: string = await (await get(url)).text();
    expect(xml).toContain('<itunes:block>Yes</itunes:block>');
    for (const item of parseFeed(xml)!.items) guids.add(item.guid);
    for (const [, token] of xml.matchAll(/\/members\/([^/"]+)\//g)) expect(token).toBe(TOKENS[0]);
    url = /href="([^"]+)" rel="prev-archive"/.exec(xml)?.[1];
  }
  expect(pages).toEqual([`${mine}feed.xml`, `${mine}feed-archive-2.xml`, `${mine}feed-archive-1.xml`]);
  expect(guids.size).toBe(25);

  const page = `${mine}feed-archive-1.xml`;
  const answer = await get(page, { 'Accept-Encoding': 'br' });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...{ 'content-encoding': 'br', 'cache-control': 'private, no-store' },
    'x-robots-tag': 'noindex, nofollow, noarchive',
  });
  const etag = answer.headers.get('etag')!;
  expect((await get(page, { 'Accept-Encoding': 'br', 'If-None-Match': etag })).status).toBe(304);
  const other = await get(`${theirs}feed-archive-1.xml`, { 'Accept-Encoding': 'br', 'If-None-Match': etag });
  expect(other.status).toBe(200);
  expect((await get(`${mine}feed-archive-3.xml`)).status).toBe(404);
  standing.has_role = false;
  expect((await get(page)).status).toBe(403);

  // An edit of an old episode is written where it stands.
  const puts: string[] = [];
  const watched: MediaStore = { ...media, put: (...args) => (puts.push(args[0]), media.put(...args)) };
  edit(24, { title: 'Edited' });
  await publish(watched);
  const folder = `private/shows/${show.id}/`;
  expect(puts.filter((key) => key.startsWith(folder))).toEqual([
    ...['members-archive-1.json', 'members.json'].map((name) => folder + name),
  ]);
});

test('a show whose episodes are all for members has no feed, no page and no place in a list', async () => {
  const { media, rows, publish, get, edit } = await setUp(async (of) => [await membersEpisode(of, 1)], false);
  const { leftOut } = await publish();
  expect(leftOut).toEqual([]);
  expect(await media.list('shows/')).toEqual([]);
  const xml = await (await get(`/members/${TOKENS[0]}/feed.xml`)).text();
  expect(parseFeed(xml)?.items.map(({ title }) => title)).toEqual(['Episode 1']);
  for (const path of ['', 'feed.xml', 'sitemap.xml', 'upcoming/', 'episodes/episode-1/'])
    expect([path, (await get(`/${SHOW_FOLDER}${path}`)).status]).toEqual([path, 404]);
  expect(await (await get('/')).text()).not.toContain(show.title);
  // With the first one for everybody it is public.
  rows.episodes.push({ ...(await storedEpisode(media, 2)), published_at: new Date('2026-11-20T10:00:00Z') });
  edit(0, {});
  await publish();
  expect(parseFeed(await (await get(`/${SHOW_FOLDER}feed.xml`)).text())?.items).toHaveLength(1);
});

test('what no app could play waits, also where only members would hear it', async () => {
  const asked = new Date('2026-11-20T10:00:00Z');
  const coming = { state: 'publishing' as const, publishing_at: asked, published_at: asked };
  const { publish, get, edit, rows } = await setUp(async (media) => [
    await membersEpisode(media, 2, coming),
    await membersEpisode(media, 1),
  ]);
  const [second, first] = rows.episodes;
  // Two episodes with one file.
  edit(0, { renditions: first!.renditions });
  const { leftOut } = await publish();
  expect(leftOut).toMatchObject([{ episodeId: second!.id }]);
  expect(leftOut[0]!.message).toContain('An older episode has the same file');
  const titles = async () =>
    parseFeed(await (await get(`/members/${TOKENS[0]}/feed.xml`)).text())?.items.map(({ title }) => title);
  expect(await titles()).toEqual(['Episode 1']);
  edit(0, { renditions: second!.renditions });
  expect((await publish()).leftOut).toEqual([]);
});
