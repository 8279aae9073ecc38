import { parseFeed } from 'podcast-partytime';
import { describe, expect, test, vi } from 'vitest';
import { pagesOf } from '../../../publisher/feed/archive.ts';
import { joinBytes, joinFeed, renderDocuments, renderHead } from '../../../publisher/feed/document.ts';
import { renderFeed } from '../../../publisher/feed/feed.ts';
import { createItemCache } from '../../../publisher/feed/item-cache.ts';
import { renderItem } from '../../../publisher/feed/item.ts';
import { asPrivate, fillTokens, TOKEN_SLOT } from '../../../publisher/feed/member-token.ts';
import type { FeedShow } from '../../../publisher/feed/model.ts';
import { fullItem, fullShow } from './support.ts';
import { cpuMsOf } from './cpu-time.ts';
import { faultsOf } from './well-formed.ts';

/** Newest first, as items always are. */
const items = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const number = count - index;
    return fullItem({ guid: `guid-${number}`, number, publishedAt: new Date(number * 86_400_000) });
  });
const archiveUrl = (page: number) => `https://podcasts.example.org/shows/stage/archive/${page}.xml`;

describe('pages', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => count - index);
  test.each([
    [0, 3, [], []],
    [3, 3, [3, 2, 1], []],
    [4, 3, [4, 3, 2], [[3, 2, 1]]],
    [6, 3, [6, 5, 4], [[3, 2, 1]]],
    [
      7,
      3,
      [7, 6, 5],
      [
        [3, 2, 1],
        [6, 5, 4],
      ],
    ],
  ])('%i episodes, %i at a time', (count, newest, main, archive) => {
    expect(pagesOf(numbered(count), newest)).toEqual({ main, archive });
  });
  test('together they hold all, and a page stays as it is when episodes follow', () => {
    for (let count = 1; count < 60; count += 1) {
      const { main, archive } = pagesOf(numbered(count), 7);
      expect(new Set([...main, ...archive.flat()]).size).toBe(count);
      const later = pagesOf(numbered(count + 1), 7).archive;
      expect(later.slice(0, archive.length)).toEqual(archive);
    }
  });
});

describe('an archive (RFC 5005)', () => {
  const documents = (count: number) =>
    renderDocuments(fullShow({ items: items(count) }), { pagedAfter: 10, archiveUrl });
  test('links lead from the main feed to the oldest page and back', async () => {
    const { main, archive } = documents(25);
    expect(parseFeed(main)?.items).toHaveLength(10);
    expect(main).toContain(
      `<atom:link href="${archiveUrl(2)}" rel="prev-archive" type="application/rss+xml"/>`,
    );
    expect(main).not.toContain('fh:archive');
    expect(archive.map(({ page, url }) => [page, url])).toEqual([
      [1, archiveUrl(1)],
      [2, archiveUrl(2)],
    ]);
    const [first, second] = archive.map(({ document }) => document);
    const feedUrl = 'https://podcasts.example.org/shows/stage/feed.xml';
    expect(first).toContain(`<atom:link href="${archiveUrl(1)}" rel="self"`);
    expect(first).toContain(`<atom:link href="${feedUrl}" rel="current"`);
    expect(first).toContain(`<atom:link href="${archiveUrl(2)}" rel="next-archive"`);
    expect(first).not.toContain('prev-archive');
    expect(second).toContain(`<atom:link href="${archiveUrl(1)}" rel="prev-archive"`);
    expect(second).not.toContain('next-archive');
    for (const document of [first ?? '', second ?? '']) {
      expect(document).toContain('<fh:archive/>');
      expect(await faultsOf(document)).toEqual([]);
      expect(parseFeed(document)).toMatchObject({ title: 'The Stage', guid: fullShow().podcastGuid });
      expect(parseFeed(document)?.items).toHaveLength(10);
      // What goes on now, and how to find the show, is of the main feed alone.
      expect(document.split('<item>')[0]).not.toMatch(/liveItem|rel="hub"|pubDate|podroll/);
    }
  });
  test('a new episode changes no page, and an edit that of its episode', () => {
    const before = documents(25).archive;
    expect(documents(26).archive).toEqual(before);
    const edited = items(25).map((item) => (item.guid === 'guid-3' ? { ...item, title: 'New' } : item));
    const after = renderDocuments(fullShow({ items: edited }), { pagedAfter: 10, archiveUrl }).archive;
    expect(after[0]?.document).not.toBe(before[0]?.document);
    expect(after[1]).toEqual(before[1]);
  });
  test('a short show has none, and its feed is the one document there is', () => {
    const { main, archive } = documents(10);
    expect(archive).toEqual([]);
    expect(main).toBe(renderFeed(fullShow({ items: items(10) })));
  });
});

describe('fragments', () => {
  test('a document is its head and its items, wherever those come from', () => {
    const show = fullShow({ items: items(3) });
    expect(joinFeed(renderHead(show), show.items.map(renderItem))).toBe(renderFeed(show));
  });
  test('their bytes make the same document', () => {
    const { fragment } = createItemCache();
    const show = fullShow({ title: 'Über – 🎙', items: items(3) });
    const { head, items: newest, main } = renderDocuments(show, { archiveUrl });
    expect(Buffer.concat(joinBytes(head, newest.map(fragment))).toString()).toBe(main);
    const [one, two] = newest.map((item) => fragment(item).digest);
    expect(one).not.toBe(two);
  });
  test('a cache renders once what stays, and anew what changes', () => {
    const cache = createItemCache(2);
    const stringify = vi.spyOn(Date.prototype, 'toUTCString');
    const [one, two, three] = items(3);
    const fragment = cache.render(one!);
    expect(fragment).toBe(renderItem(one!));
    stringify.mockClear();
    expect(cache.render(structuredClone(one!))).toBe(fragment);
    expect(stringify).not.toHaveBeenCalled();
    stringify.mockRestore();
    expect(cache.render({ ...one!, title: 'New' })).toContain('<title>New</title>');
    cache.render(two!);
    cache.render(three!);
    expect(cache.size).toBe(2);
  });
});

describe("a member's feed", () => {
  const secret = {
    ...{ url: `https://podcasts.example.org/members/${TOKEN_SLOT}/c.mp3?a=1&b=2` },
    ...{ bytes: 1, mimeType: 'audio/mpeg', sha256: 'ab'.repeat(32) },
  };
  const show = asPrivate(fullShow({ items: [fullItem({ enclosure: secret })] }));
  test('is shared but for the token', async () => {
    const document = joinFeed(
      renderHead(show),
      show.items.map((item) => fillTokens(renderItem(item), 'abc_DEF-123')),
    );
    expect(await faultsOf(document)).toEqual([]);
    const [episode] = parseFeed(document)?.items ?? [];
    expect(episode?.enclosure.url).toBe('https://podcasts.example.org/members/abc_DEF-123/c.mp3?a=1&b=2');
    expect(episode?.alternativeEnclosures?.[0]?.source[0]?.uri).toBe(episode?.enclosure.url);
  });
  test('never goes out with a slot in it, or a token that could be markup', () => {
    expect(() => joinFeed(renderHead(show), show.items.map(renderItem))).toThrow(/slot/);
    const { fragment } = createItemCache();
    expect(() => joinBytes(renderHead(show), show.items.map(fragment))).toThrow(/slot/);
    expect(() => joinBytes(`<rss>${TOKEN_SLOT}`, [])).toThrow(/slot/);
    expect(() => fillTokens('x', '"/><x')).toThrow(TypeError);
  });
  test('gives the token to no text that asks for it', () => {
    const asking = fullItem({
      ...{ title: `mine${TOKEN_SLOT}`, notes: `https://evil.example/?t=${TOKEN_SLOT}`, guid: TOKEN_SLOT },
      ...{ pageUrl: `https://evil.example/${TOKEN_SLOT}`, numberDisplay: TOKEN_SLOT, seasonName: TOKEN_SLOT },
      persons: [{ name: `x${TOKEN_SLOT}`, imageUrl: `https://evil.example/${TOKEN_SLOT}.png` }],
    });
    expect(fillTokens(renderItem(asking), 'secret-token')).not.toContain('secret-token');
  });
  test('is blocked everywhere, locked and announced nowhere', () => {
    const head = renderHead(show);
    expect(head).toContain('<itunes:block>Yes</itunes:block>');
    expect(head).toContain('<podcast:block>yes</podcast:block>');
    expect(head).toContain('>yes</podcast:locked>');
    expect(head).not.toMatch(
      /rel="hub"|podping|new-feed-url|applepodcastsverify|purpose="verify"|id="google"/,
    );
  });
});

test('5,000 full episodes are built within a second, and sooner after an edit', async () => {
  const many = items(5000).map((item) => ({ ...item, notes: 'A line of notes. '.repeat(40) }));
  const cache = createItemCache();
  const show = fullShow({ items: many });
  const options = { archiveUrl, render: cache.render };
  const timed = (show: FeedShow) => {
    let main = '';
    const ms = cpuMsOf(() => ({ main } = renderDocuments(show, options)));
    return { main, ms };
  };
  const built = timed(show);
  const edited = timed(fullShow({ items: many.with(100, { ...many[100]!, title: 'Edited' }) }));
  expect(edited.main).not.toBe(built.main);
  expect(built.ms).toBeLessThan(1000);
  expect(edited.ms).toBeLessThan(built.ms);
  expect(await faultsOf(renderDocuments(fullShow({ items: many.slice(0, 500) }), options).main)).toEqual([]);
});
