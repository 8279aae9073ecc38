import { readFile } from 'node:fs/promises';
import { parseFeed } from 'podcast-partytime';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';
import type { Webinar } from '../../../src/catalog/index.ts';
import { createPublishingMemory } from '../../../publisher/site/publishing-memory.ts';
import { publishShow, UnknownShowError } from '../../../publisher/site/publish-show.ts';
import { BASE_URL, catalogOf, guild, type Rows, show, storedEpisode, temporaryFolder } from '../shelf.ts';

async function setUp() {
  const media = createFolderStore(await temporaryFolder());
  const episodes = [await storedEpisode(media, 2), await storedEpisode(media, 1)];
  const rows: Rows = { guilds: [guild], shows: [structuredClone(show)], episodes, sessions: [] };
  const publish = (store: MediaStore = media, memory = createPublishingMemory()) =>
    publishShow({ catalog: catalogOf(rows), media: store, baseUrl: BASE_URL, memory }, show.id);
  return { media, rows, publish };
}

const contentOf = async (media: MediaStore, key: string) => text((await media.read(key))!.body);
const feedIn = async (media: MediaStore) => contentOf(media, 'shows/wednesday-stage/feed.xml');

test('everything of a show stands in the store under the addresses that were answered', async () => {
  const { media, publish } = await setUp();
  expect(await publish()).toEqual({
    feedUrl: `${BASE_URL}/shows/wednesday-stage/feed.xml`,
    pageUrl: `${BASE_URL}/shows/wednesday-stage/`,
    episodes: [2, 1].map((number) => ({
      episodeId: `e1500000-0000-4000-8000-00000000000${number}`,
      failure: null,
      pageUrl: `${BASE_URL}/shows/wednesday-stage/episodes/episode-${number}/`,
    })),
    leftOut: [],
    faulty: [],
    // Their titles have numbers in them, which directories do not like.
    warnings: expect.arrayContaining(
      [2, 1].map((number): unknown =>
        expect.objectContaining({
          rule: 'item-title-number',
          where: { kind: 'item', guid: `c0ffee00-0000-4000-8000-00000000000${number}` },
        }),
      ),
    ) as unknown,
  });
  expect(await media.list('shows/')).toEqual([
    'shows/wednesday-stage/episodes/episode-1/chapters.json',
    'shows/wednesday-stage/episodes/episode-1/embed/index.html',
    'shows/wednesday-stage/episodes/episode-1/index.html',
    'shows/wednesday-stage/episodes/episode-1/oembed.json',
    'shows/wednesday-stage/episodes/episode-2/chapters.json',
    'shows/wednesday-stage/episodes/episode-2/embed/index.html',
    'shows/wednesday-stage/episodes/episode-2/index.html',
    'shows/wednesday-stage/episodes/episode-2/oembed.json',
    'shows/wednesday-stage/feed.xml',
    'shows/wednesday-stage/feed.xml.br',
    'shows/wednesday-stage/feed.xml.gz',
    'shows/wednesday-stage/index.html',
    'shows/wednesday-stage/sitemap.xml',
  ]);
  const chapters = await media.head('shows/wednesday-stage/episodes/episode-1/chapters.json');
  expect(chapters?.contentType).toBe('application/json+chapters');
  const feed = await media.head('shows/wednesday-stage/feed.xml');
  expect(feed).toMatchObject({
    contentType: 'application/rss+xml; charset=utf-8',
    cacheControl: 'public, max-age=300',
  });
});

test('all that the feed names is in the store, at its stated length', async () => {
  const { media, publish } = await setUp();
  await publish();
  const xml = await feedIn(media);
  const feed = parseFeed(xml);
  expect(feed?.items.map(({ title }) => title)).toEqual(['Episode 2', 'Episode 1']);
  for (const item of feed?.items ?? []) {
    const stored = await media.head(item.enclosure.url.slice(BASE_URL.length + 1));
    expect(stored).toMatchObject({ bytes: item.enclosure.length, contentType: item.enclosure.type });
  }
  const image = await media.head(feed!.itunesImage!.slice(BASE_URL.length + 1));
  expect(image?.contentType).toBe('image/jpeg');
  for (const [address] of xml.matchAll(/https:\/\/podcasts\.example\.org\/[^"<]*/g)) {
    const key = address.slice(BASE_URL.length + 1).replace(/\/$/, '/index.html');
    expect([key, (await media.head(key))?.key]).toEqual([key, key]);
  }
});

test('publishing again what did not change touches nothing', async () => {
  const { media, publish } = await setUp();
  await publish();
  const puts: string[] = [];
  await publish({ ...media, put: (...args) => (puts.push(args[0]), media.put(...args)) });
  expect(puts).toEqual([]);
});

test('the feed is written once, after all that it leads to, and its encodings directly after it', async () => {
  const { media, publish } = await setUp();
  const puts: string[] = [];
  await publish({ ...media, put: (...args) => (puts.push(args[0]), media.put(...args)) });
  const feedKey = 'shows/wednesday-stage/feed.xml';
  const at = puts.indexOf(feedKey);
  expect(puts.slice(at, at + 3)).toEqual([feedKey, `${feedKey}.br`, `${feedKey}.gz`]);
  const leadsTo = puts.filter((key) => key.includes('/episodes/'));
  expect(leadsTo.every((key) => puts.indexOf(key) < at)).toBe(true);
  expect(puts.filter((key) => key.endsWith('feed.xml'))).toHaveLength(1);
});

test('an episode keeps guid and date when it is published again', async () => {
  const { media, rows, publish } = await setUp();
  await publish();
  const before = parseFeed(await feedIn(media))?.items[0];
  rows.episodes[0] = { ...rows.episodes[0]!, title: 'A better title' };
  await publish();
  const after = parseFeed(await feedIn(media))?.items[0];
  expect(after).toMatchObject({ title: 'A better title', guid: before?.guid, pubDate: before?.pubDate });
});

test('whoever finds the show changed after writing writes once more', async () => {
  const { media, rows, publish } = await setUp();
  let changed = false;
  await publish({
    ...media,
    put: async (key, ...rest) => {
      const put = await media.put(key, ...rest);
      // Another publisher's change arrives just before our feed is written.
      if (key.endsWith('/index.html') && !changed) {
        changed = true;
        rows.shows[0] = { ...rows.shows[0]!, title: 'Renamed meanwhile', feed_revision: 4 };
      }
      return put;
    },
  });
  expect(parseFeed(await feedIn(media))?.title).toBe('Renamed meanwhile');
});

test('who has the address finds an unlisted episode; no feed and no list names it, and members’ have no page', async () => {
  const { media, rows, publish } = await setUp();
  const [first, second] = rows.episodes;
  rows.episodes = [
    { ...first!, visibility: 'unlisted' },
    { ...second!, visibility: 'members' },
  ];
  await publish();
  expect(parseFeed(await feedIn(media))?.items).toEqual([]);
  const page = await contentOf(media, 'shows/wednesday-stage/index.html');
  expect(page).not.toContain(first!.slug);
  expect(await contentOf(media, `shows/wednesday-stage/episodes/${first!.slug}/index.html`)).toContain(
    first!.title,
  );
  expect(await media.list(`shows/wednesday-stage/episodes/${second!.slug}/`)).toEqual([]);
});

test('of an episode that is withdrawn nothing stays but its audio', async () => {
  const { media, rows, publish } = await setUp();
  await publish();
  const [first, second] = rows.episodes;
  rows.episodes[0] = { ...first!, withdrawn_at: new Date() };
  rows.shows[0] = { ...rows.shows[0]!, feed_revision: 4 };
  await publish();
  expect(parseFeed(await feedIn(media))?.items.map(({ guid }) => guid)).toEqual([second!.guid]);
  expect(await media.list(`shows/wednesday-stage/episodes/${first!.slug}/`)).toEqual([]);
  expect(await media.head(first!.renditions[0]!.media_key)).toBeDefined();
});

test('a webinar stands in the feed before, while and after it is live; its link leads to Discord, then to the episode', async () => {
  const { media, rows, publish } = await setUp();
  const webinar: Webinar = {
    ...{ id: 'a0b1c2d3-0000-4000-8000-000000000001', guild_id: guild.id, show_id: show.id },
    ...{ channel_id: '200', scheduled_event_id: '900', host_user_id: '300', state: 'scheduled' },
    ...{ title: 'Live on Wednesday', description: 'Ask us anything.', duration_minutes: 60 },
    ...{ starts_at: new Date('2026-12-02T19:00:00Z'), created_at: new Date('2026-11-20T19:00:00Z') },
  };
  const liveItem = async (state: Webinar['state'], feed_revision: number) => {
    rows.webinars = [{ ...webinar, state }];
    rows.shows[0] = { ...rows.shows[0]!, feed_revision };
    await publish();
    return parseFeed(await feedIn(media))?.podcastLiveItems?.[0];
  };
  const pending = await liveItem('scheduled', 4);
  expect(pending).toMatchObject({
    ...{ status: 'pending', guid: webinar.id, title: webinar.title },
    contentLinks: [{ url: `https://discord.com/events/${guild.id}/900` }],
  });
  const notice = await media.head(pending!.enclosure.url.slice(BASE_URL.length + 1));
  expect([notice?.bytes, notice?.contentType]).toEqual([pending!.enclosure.length, 'audio/mpeg']);
  expect(await liveItem('live', 5)).toMatchObject({ status: 'live' });
  expect(await liveItem('ended', 6)).toMatchObject({
    status: 'ended',
    contentLinks: [{ url: `${BASE_URL}/shows/wednesday-stage/` }],
  });
  rows.episodes[0] = { ...rows.episodes[0]!, title: webinar.title };
  expect(await liveItem('ended', 7)).toMatchObject({
    contentLinks: [{ url: `${BASE_URL}/shows/wednesday-stage/episodes/episode-2/` }],
  });
});

test('what hosts say of show and episode stands in the feed, and an archive behind a long one', async () => {
  const { media, rows, publish } = await setUp();
  const feed = { ownerEmail: 'host@example.org', type: 'serial', pagedAfter: 10 } as const;
  rows.shows[0] = { ...rows.shows[0]!, feed };
  const [first] = rows.episodes;
  const many = Array.from({ length: 25 }, (_, index) => ({
    ...first!,
    ...{ id: `id ${index}`, guid: `guid ${index}`, slug: `part-${index}`, kind: 'bonus' as const, season: 2 },
    ...{ number: index + 1, published_at: new Date(Date.UTC(2026, 10, 25 - index)) },
  }));
  rows.episodes = many;
  await publish();
  const xml = await feedIn(media);
  expect(xml).toContain('<itunes:email>host@example.org</itunes:email>');
  expect(xml).toContain('<itunes:type>serial</itunes:type>');
  expect(xml).toContain('<itunes:episodeType>bonus</itunes:episodeType>');
  expect(xml).toContain('<itunes:season>2</itunes:season><itunes:episode>1</itunes:episode>');
  expect(parseFeed(xml)?.items).toHaveLength(10);
  const archive = `${BASE_URL}/shows/wednesday-stage/feed-archive-2.xml`;
  expect(xml).toContain(`href="${archive}" rel="prev-archive"`);
  const archived = await Promise.all(
    [1, 2].map((page) => contentOf(media, `shows/wednesday-stage/feed-archive-${page}.xml`)),
  );
  const guids = new Set([xml, ...archived].flatMap((each) => parseFeed(each)!.items.map(({ guid }) => guid)));
  expect(guids.size).toBe(25);
  // Shorter again, it has no archive.
  rows.episodes = many.slice(0, 8);
  rows.shows[0] = { ...rows.shows[0], feed_revision: 4 };
  await publish();
  expect(await media.list('shows/wednesday-stage/feed-archive')).toEqual([]);
});

test('what a process remembers spares it all but what has changed, and nothing that another has undone', async () => {
  const { media, rows, publish } = await setUp();
  const memory = createPublishingMemory();
  const looks: string[] = [];
  const watched: MediaStore = { ...media, head: (key) => (looks.push(key), media.head(key)) };
  await publish(watched, memory);
  const page = (number: number) => `shows/wednesday-stage/episodes/episode-${number}/index.html`;
  expect(looks).toContain(page(1));
  looks.length = 0;
  rows.episodes[0] = { ...rows.episodes[0]!, title: 'Edited' };
  rows.shows[0] = { ...rows.shows[0]!, feed_revision: 4 };
  await publish(watched, memory);
  expect(looks).toContain(page(2));
  expect(looks).not.toContain(page(1));
  expect(looks.filter((key) => key.startsWith('media/') && !key.includes('live-notice'))).toEqual([]);
  expect(parseFeed(await feedIn(media))?.items.map(({ title }) => title)).toContain('Edited');
  // Another process publishes, and takes a page away on its way.
  rows.shows[0] = { ...rows.shows[0], feed_revision: 6, feed_published_revision: 6 };
  await media.delete(page(1));
  await publish(watched, memory);
  expect(await media.head(page(1))).toBeDefined();
});

test('after an edit the feed stands first, and what it did not lead to before is there already', async () => {
  const { media, rows, publish } = await setUp();
  const memory = createPublishingMemory();
  const [chapters, page, feed] = [
    ...['episodes/episode-1/chapters.json', 'episodes/episode-1/index.html', 'feed.xml'],
  ].map((name) => `shows/wednesday-stage/${name}`);
  const [kept, edited] = rows.episodes;
  rows.episodes = [kept!, { ...edited!, chapters: [] }];
  await publish(media, memory);
  expect(await media.head(chapters!)).toBeUndefined();
  rows.episodes = [kept!, { ...edited!, title: 'Edited' }];
  rows.shows[0] = { ...rows.shows[0]!, feed_revision: 4 };
  const puts: string[] = [];
  await publish({ ...media, put: (...args) => (puts.push(args[0]), media.put(...args)) }, memory);
  expect(puts.filter((key) => [chapters, page, feed].includes(key))).toEqual([chapters, feed, page]);
  expect(await contentOf(media, page!)).toContain('Edited');
});

test('an archive page is written again where one of its episodes changed, or another process has published', async () => {
  const { media, rows, publish } = await setUp();
  const memory = createPublishingMemory();
  const [first] = rows.episodes;
  rows.shows[0] = { ...rows.shows[0]!, feed: { pagedAfter: 10 } };
  rows.episodes = Array.from({ length: 25 }, (_, index) => ({
    ...first!,
    ...{ id: `id ${index}`, guid: `guid ${index}`, slug: `part-${index}` },
    published_at: new Date(Date.UTC(2026, 10, 25 - index)),
  }));
  const pageKey = (page: number) => `shows/wednesday-stage/feed-archive-${page}.xml`;
  const looks: string[] = [];
  const watched: MediaStore = { ...media, head: (key) => (looks.push(key), media.head(key)) };
  const looksAfter = async (feed_revision: number, more: { feed_published_revision?: number } = {}) => {
    rows.shows[0] = { ...rows.shows[0]!, feed_revision, ...more };
    looks.length = 0;
    await publish(watched, memory);
    return [1, 2].filter((page) => looks.includes(pageKey(page)));
  };
  expect(await looksAfter(4)).toEqual([1, 2]);
  // The oldest of all, on the first page.
  rows.episodes[24] = { ...rows.episodes[24]!, title: 'Edited' };
  expect(await looksAfter(5)).toEqual([1]);
  expect(await contentOf(media, pageKey(1))).toContain('Edited');
  await media.delete(pageKey(2));
  expect(await looksAfter(7, { feed_published_revision: 7 })).toEqual([1, 2]);
  expect(await media.head(pageKey(2))).toBeDefined();
});

test('of the pages that list episodes, those are made again that name one that changed', async () => {
  const { media, rows, publish } = await setUp();
  const memory = createPublishingMemory();
  const [first] = rows.episodes;
  const episode = (number: number) => ({
    ...first!,
    ...{ id: `id ${number}`, guid: `guid ${number}`, slug: `part-${number}`, title: `Part ${number}` },
    published_at: new Date(Date.UTC(2026, 0, number)),
  });
  rows.episodes = Array.from({ length: 50 }, (_, index) => episode(50 - index));
  const pageKey = (page: number) => `shows/wednesday-stage/archive/${page}/index.html`;
  const [showPage, sitemap] = ['index.html', 'sitemap.xml'].map((name) => `shows/wednesday-stage/${name}`);
  const looks: string[] = [];
  const watched: MediaStore = { ...media, head: (key) => (looks.push(key), media.head(key)) };
  let revision = 3;
  const looksAfter = async (change: () => void) => {
    change();
    rows.shows[0] = { ...rows.shows[0]!, feed_revision: (revision += 1) };
    looks.length = 0;
    await publish(watched, memory);
    return [pageKey(1), pageKey(2), pageKey(3), showPage!, sitemap!].filter((key) => looks.includes(key));
  };
  expect(await looksAfter(() => undefined)).toEqual([pageKey(1), pageKey(2), showPage, sitemap]);
  const edit = () => (rows.episodes[34] = { ...rows.episodes[34]!, title: 'Edited' });
  expect(await looksAfter(edit)).toEqual([pageKey(2)]);
  expect(await contentOf(media, pageKey(2))).toContain('Edited');
  expect(await looksAfter(() => rows.episodes.unshift(episode(51)))).toEqual([showPage, sitemap]);
  // The show's own name stands on all of them.
  const rename = () => (rows.shows[0] = { ...rows.shows[0]!, title: 'The Thursday Stage' });
  expect(await looksAfter(rename)).toEqual([pageKey(1), pageKey(2), showPage]);
  // Shorter, it has a page less; what was taken away by hand is there again once another process has published.
  expect(await looksAfter(() => rows.episodes.splice(0, 20))).toEqual([pageKey(1), showPage, sitemap]);
  expect(await media.head(pageKey(2))).toBeUndefined();
  await media.delete(pageKey(1));
  await media.put(pageKey(9), { body: Buffer.from('old') }, { contentType: 'text/html' });
  const another = () => (rows.shows[0] = { ...rows.shows[0]!, feed_published_revision: (revision += 1) });
  expect(await looksAfter(another)).toEqual([pageKey(1), showPage, sitemap]);
  expect(await media.list('shows/wednesday-stage/archive/')).toEqual([pageKey(1)]);
});

test('a catalog that is back from an older copy goes on where the feed is, and does not wait for its number', async () => {
  const { media, rows, publish } = await setUp();
  rows.shows[0] = { ...rows.shows[0]!, feed_revision: 40 };
  await publish();
  rows.shows[0] = { ...rows.shows[0], title: 'From the copy', feed_revision: 7, feed_published_revision: 7 };
  await publish();
  expect(parseFeed(await feedIn(media))?.title).toBe('From the copy');
  expect(rows.shows[0].feed_revision).toBe(41);
});

test('what must be in its place is put there before each look', async () => {
  const { media, rows } = await setUp();
  const looks: number[] = [];
  const prepare = () => {
    looks.push(rows.shows[0]!.feed_revision);
    // The visibility of an episode changes while the first turn goes on.
    if (looks.length === 1) rows.shows[0] = { ...rows.shows[0]!, feed_revision: 3 };
    return Promise.resolve();
  };
  let raised = false;
  const put: MediaStore['put'] = async (key, ...rest) => {
    if (key.endsWith('feed.xml') && !raised) {
      raised = true;
      rows.shows[0] = { ...rows.shows[0]!, feed_revision: 4 };
    }
    return media.put(key, ...rest);
  };
  await publishShow(
    { catalog: catalogOf(rows), media: { ...media, put }, baseUrl: BASE_URL, prepare },
    show.id,
  );
  expect(looks).toEqual([3, 4]);
});

test('audio on the wrong side of the private prefix stands in no feed', async () => {
  const { rows, publish } = await setUp();
  const [first] = rows.episodes;
  const [mp3, ...others] = first!.renditions;
  rows.episodes[0] = {
    ...first!,
    renditions: [{ ...mp3!, media_key: `private/${mp3!.media_key}` }, ...others],
  };
  expect((await publish()).leftOut[0]?.message).toContain('does not lie where its listeners may have it');
});

describe('an episode whose audio is not as promised', () => {
  test.each([
    ['is missing', (media: MediaStore, key: string) => media.delete(key), 'is not in the media store'],
    [
      'is shorter',
      (media: MediaStore, key: string) =>
        media.put(key, { body: Buffer.from('short') }, { contentType: 'audio/mpeg' }),
      'has 5 bytes in the media store and 1200 in the catalog',
    ],
    [
      'has another type',
      (media: MediaStore, key: string) =>
        media.put(key, { body: Buffer.alloc(1200, 'mp32') }, { contentType: 'text/plain' }),
      'is stored as text/plain, not as audio/mpeg',
    ],
    [
      'has other content',
      (media: MediaStore, key: string) =>
        media.put(key, { body: Buffer.alloc(1200, 'x') }, { contentType: 'audio/mpeg' }),
      'other content',
    ],
  ])('%s: it is left out and named, and the rest goes out', async (_case, spoil, why) => {
    const { media, rows, publish } = await setUp();
    const [episode, other] = rows.episodes;
    await spoil(media, episode!.renditions[0]!.media_key);
    const { episodes, leftOut } = await publish();
    expect(episodes).toMatchObject([{ episodeId: other!.id }]);
    expect(leftOut).toMatchObject([
      { episodeId: episode!.id, message: expect.stringContaining(why) as string },
    ]);
    expect(leftOut[0]!.message).toContain('/episode remaster');
    expect(parseFeed(await feedIn(media))?.items.map(({ guid }) => guid)).toEqual([other!.guid]);
    const page = await contentOf(media, 'shows/wednesday-stage/index.html');
    expect(page).toContain(other!.title);
    expect(page).not.toContain(episode!.title);
  });

  test('cannot be read from a disk that fails there: so too; a store that is away stops everything', async () => {
    const { media, rows, publish } = await setUp();
    const { media_key: key } = rows.episodes[0]!.renditions[0]!;
    const failing = (code: string): MediaStore => ({
      ...media,
      head: (asked) =>
        asked === key ? Promise.reject(Object.assign(new Error(code), { code })) : media.head(asked),
    });
    expect((await publish(failing('EIO'))).leftOut[0]?.message).toContain(
      'cannot be read from the media store (EIO)',
    );
    const before = await feedIn(media);
    await expect(publish(failing('ECONNREFUSED'))).rejects.toThrow('ECONNREFUSED');
    expect(await feedIn(media)).toBe(before);
  });

  test('has no MP3', async () => {
    const { rows, publish } = await setUp();
    rows.episodes[0]!.renditions = rows.episodes[0]!.renditions.filter(({ kind }) => kind !== 'mp3');
    expect((await publish()).leftOut[0]?.message).toContain('it has no MP3');
  });
});

test('a show that is gone is said to be gone', async () => {
  const { rows, publish } = await setUp();
  rows.shows = [];
  await expect(publish()).rejects.toThrow(UnknownShowError);
});

test('the default cover is what directories accept: a square JPEG of 1400 px, RGB, under 300 KB', async () => {
  const cover = await readFile(new URL('../../../templates/brand/cover.jpg', import.meta.url));
  // JPEG (ITU T.81, B.2.2): baseline frame header SOF0, then precision, height, width, components.
  const frame = cover.indexOf(Buffer.from([0xff, 0xc0]));
  expect(cover.subarray(0, 2).toString('hex')).toBe('ffd8');
  expect(frame).toBeGreaterThan(0);
  expect([
    cover[frame + 4],
    cover.readUInt16BE(frame + 5),
    cover.readUInt16BE(frame + 7),
    cover[frame + 9],
  ]).toEqual([8, 1400, 1400, 3]);
  expect(cover.length).toBeLessThan(300_000);
});
