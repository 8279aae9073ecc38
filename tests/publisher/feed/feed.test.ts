import { parseFeed } from 'podcast-partytime';
import { describe, expect, test } from 'vitest';
import { type FeedItem, type FeedShow, renderFeed } from '../../../publisher/feed/feed.ts';
import { faultsOf } from './well-formed.ts';

const item = (fields: Partial<FeedItem> = {}): FeedItem => ({
  guid: 'c0ffee00-0000-4000-8000-000000000001',
  title: 'Questions & answers',
  notes: 'First line.\nSecond, with https://example.org.',
  pageUrl: 'https://podcasts.example.org/shows/stage/episodes/questions/',
  publishedAt: new Date('2026-11-18T20:00:00Z'),
  durationUs: 754_400_000,
  explicit: false,
  enclosure: {
    url: 'https://podcasts.example.org/media/a/b/c.mp3',
    bytes: 9_056_123,
    mimeType: 'audio/mpeg',
  },
  alternates: [
    {
      url: 'https://podcasts.example.org/media/a/b/d.m4a',
      bytes: 9_100_000,
      mimeType: 'audio/x-m4a',
      title: 'M4A',
      bitsPerSecond: 96_500.4,
      sha256: '00'.repeat(32),
    },
  ],
  chaptersUrl: 'https://podcasts.example.org/shows/stage/episodes/questions/chapters.json',
  ...fields,
});

const show = (fields: Partial<FeedShow> = {}): FeedShow => ({
  title: 'The Stage',
  description: 'Four people, one stage.',
  author: 'The Collective',
  language: 'en',
  category: 'Technology',
  subcategory: undefined,
  explicit: false,
  podcastGuid: '9b024349-ccf0-5f69-a609-6b82873eab3c',
  feedUrl: 'https://podcasts.example.org/shows/stage/feed.xml',
  pageUrl: 'https://podcasts.example.org/shows/stage/',
  imageUrl: 'https://podcasts.example.org/art/cover.0123.jpg',
  items: [item()],
  ...fields,
});

test('a second parser reads the whole show', () => {
  const feed = parseFeed(renderFeed(show({ category: 'Society & Culture', subcategory: 'Philosophy' })));
  expect(feed).toMatchObject({
    title: 'The Stage',
    link: 'https://podcasts.example.org/shows/stage/',
    description: 'Four people, one stage.',
    language: 'en',
    author: 'The Collective',
    explicit: false,
    itunesImage: 'https://podcasts.example.org/art/cover.0123.jpg',
    itunesType: 'episodic',
    generator: 'Stagecast',
    guid: '9b024349-ccf0-5f69-a609-6b82873eab3c',
    medium: 'podcast',
    pubDate: new Date('2026-11-18T20:00:00Z'),
    pubsub: { self: 'https://podcasts.example.org/shows/stage/feed.xml' },
  });
  expect(feed?.itunesCategory).toEqual(['Society & Culture > Philosophy']);
});

test('a second parser reads the whole episode', () => {
  const [episode] = parseFeed(renderFeed(show()))?.items ?? [];
  expect(episode).toMatchObject({
    title: 'Questions & answers',
    guid: 'c0ffee00-0000-4000-8000-000000000001',
    link: 'https://podcasts.example.org/shows/stage/episodes/questions/',
    pubDate: new Date('2026-11-18T20:00:00Z'),
    duration: 754,
    explicit: false,
    itunesEpisodeType: 'full',
    enclosure: {
      url: 'https://podcasts.example.org/media/a/b/c.mp3',
      length: 9_056_123,
      type: 'audio/mpeg',
    },
    podcastChapters: {
      url: 'https://podcasts.example.org/shows/stage/episodes/questions/chapters.json',
      type: 'application/json+chapters',
    },
  });
  expect(episode?.description).toContain(
    '<a href="https://example.org" rel="nofollow">https://example.org</a>',
  );
  expect(episode?.alternativeEnclosures).toMatchObject([
    {
      type: 'audio/x-m4a',
      length: 9_100_000,
      bitrate: 96_500,
      title: 'M4A',
      source: [{ uri: 'https://podcasts.example.org/media/a/b/d.m4a' }],
      integrity: { type: 'sri', value: `sha256-${Buffer.alloc(32).toString('base64')}` },
    },
  ]);
});

describe('the letter of the rules', () => {
  const xml = renderFeed(show());
  test.each([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0"',
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
    'xmlns:podcast="https://podcastindex.org/namespace/1.0"',
    '<atom:link href="https://podcasts.example.org/shows/stage/feed.xml" rel="self" type="application/rss+xml"/>',
    '<itunes:category text="Technology"/>',
    '<itunes:explicit>false</itunes:explicit>',
    '<podcast:locked>yes</podcast:locked>',
    '<guid isPermaLink="false">c0ffee00-0000-4000-8000-000000000001</guid>',
    '<pubDate>Wed, 18 Nov 2026 20:00:00 +0000</pubDate>',
    '<itunes:duration>754</itunes:duration>',
    '<enclosure url="https://podcasts.example.org/media/a/b/c.mp3" length="9056123" type="audio/mpeg"/>',
  ])('%s', (expected) => {
    expect(xml).toContain(expected);
  });
  test('the same show gives the same bytes', () => {
    expect(renderFeed(show())).toBe(xml);
  });
  test('what is not there is not said', () => {
    const bare = renderFeed(show({ items: [item({ alternates: [], chaptersUrl: undefined, notes: ' ' })] }));
    expect(bare).not.toMatch(/podcast:chapters|alternateEnclosure|content:encoded|undefined/);
    expect(bare).toContain('<description><![CDATA[<p>Questions &amp; answers</p>]]></description>');
    const empty = renderFeed(show({ items: [] }));
    expect(empty).not.toMatch(/<item>|<pubDate>/);
  });
});

describe('hostile text', () => {
  const hostile = [
    ['control characters', 'bell \u0007 nul \0 vertical \u000b'],
    ['the end of CDATA', 'a ]]> b ]]]]>> c'],
    ['markup', '<script>alert("x")</script> & <![CDATA['],
    ['lone surrogates', 'half \ud83c and half \udf99'],
    ['not characters', '\ufffe\uffff'],
    ['bidi overrides', '\u202eevil\u2066'],
    ['white space', ' \n\t padded \u00a0\r\n '],
    ['emoji and right to left', '👩‍🚀 مقدمة إلى الصوت'],
    ['100,000 characters', 'x]]>&\u0007'.repeat(20_000)],
  ] as const;

  test.each(hostile)(
    '%s in every field leaves a well-formed feed with one whole item',
    async (_name, text) => {
      const xml = renderFeed(
        show({
          title: text,
          description: text,
          author: text,
          items: [item({ title: text, notes: text })],
        }),
      );
      expect(await faultsOf(xml)).toEqual([]);
      expect(await faultsOf(renderFeed(show({ category: text, subcategory: text })))).toEqual([]);
      const feed = parseFeed(xml);
      expect(feed?.items).toHaveLength(1);
      expect(feed?.items[0]?.enclosure.length).toBe(9_056_123);
      for (const value of [feed?.title, feed?.author, feed?.items[0]?.title]) {
        expect(value).not.toBe('');
        expect(value).toBe(value?.trim());
        expect(Array.from(value ?? '').length).toBeLessThanOrEqual(255);
      }
      const descriptions = [...xml.matchAll(/<description>(.*?)<\/description>/gs)];
      expect(descriptions).toHaveLength(2);
    },
  );

  test('descriptions stay within 4,000 bytes; longer notes stand whole beside them', () => {
    const notes = 'Lörem ipsum. '.repeat(500);
    const [, episode] = /<item>(.*)<\/item>/s.exec(renderFeed(show({ items: [item({ notes })] }))) ?? [];
    const inside = (name: string) =>
      new RegExp(`<${name}><!\\[CDATA\\[(.*?)\\]\\]></${name}>`, 's').exec(episode ?? '')?.[1] ?? '';
    expect(Buffer.byteLength(inside('description'))).toBeLessThanOrEqual(4000);
    expect(inside('description')).toMatch(/…<\/p>$/);
    expect(inside('content:encoded')).toContain(notes.trim());
  });
});

test('a thousand episodes are no trouble', async () => {
  const items = Array.from({ length: 1000 }, (_, index) => item({ guid: `guid-${index}` }));
  const started = performance.now();
  const xml = renderFeed(show({ items }));
  expect(performance.now() - started).toBeLessThan(1000);
  expect(await faultsOf(xml)).toEqual([]);
  expect(parseFeed(xml)?.items).toHaveLength(1000);
});
