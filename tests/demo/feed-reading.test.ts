import { expect, test } from 'vitest';
import { readFeed } from '../../src/demo/feed-reading.ts';
import { chaptersVerdict, feedCheck } from '../../src/demo/verify-publication.ts';
import { verifyRequests } from '../../src/demo/verify.ts';

const ITEM = `<item><title>Ears &amp; eyes</title><guid isPermaLink="false">g</guid><link>https://x/e/</link>
  <pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate><itunes:duration>12</itunes:duration><itunes:image href="https://x/i"/>
  <enclosure url="https://x/a.mp3?a=1&amp;b=2" length="10" type="audio/mpeg"/>
  <podcast:alternateEnclosure type="audio/x-m4a" length="20"><podcast:source uri="https://x/a.m4a"/></podcast:alternateEnclosure>
  <podcast:chapters url="https://x/c.json" type="application/json+chapters"/></item>`;
const feedOf = (items = ITEM) => `<?xml version="1.0"?><rss xmlns:itunes="i" xmlns:podcast="p"><channel>
  <title><![CDATA[Open Stage]]></title><link>https://x/</link><language>en</language><itunes:image href="https://x/cover"/>
  ${items}</channel></rss>`;

test('a feed is read as an app reads it', () => {
  expect(readFeed(feedOf())).toEqual({
    ...{ title: 'Open Stage', link: 'https://x/', language: 'en', imageUrl: 'https://x/cover' },
    items: [
      {
        ...{
          title: 'Ears & eyes',
          guid: 'g',
          link: 'https://x/e/',
          pubDate: 'Sun, 22 Nov 2026 10:00:00 GMT',
        },
        durationSeconds: 12,
        enclosure: { url: 'https://x/a.mp3?a=1&b=2', length: 10, type: 'audio/mpeg' },
        alternates: [{ url: 'https://x/a.m4a', length: 20, type: 'audio/x-m4a' }],
        chaptersUrl: 'https://x/c.json',
      },
    ],
  });
});

test.each([feedOf('<item>'), feedOf('<item><title>a & b</title></item>'), 'not found'])(
  'what is not well-formed is refused: %#',
  (xml) => {
    expect(() => readFeed(xml)).toThrow();
  },
);

test.each([
  ['nothing', feedOf(), {}, true, /^well-formed/],
  ['a cover', feedOf().replace(/<itunes:image href="https:..x.cover"\/>/, ''), {}, false, /lacks imageUrl/],
  ['a guid', feedOf(ITEM.replace('>g<', '><')), {}, false, /lacks guid/],
  ['a duration', feedOf(ITEM.replace('>12<', '>0<')), {}, false, /lacks a duration/],
  ['its own title', feedOf(), { title: 'Another' }, false, /lacks the title “Another”/],
  ['its own page', feedOf(), { pageUrl: 'https://y/' }, false, /lacks the link https:\/\/y\//],
  ['only one item', feedOf(ITEM + ITEM), {}, false, /it has 2/],
])('the check of the feed knows what it lacks: %s', (_, xml, other, ok, says) => {
  const feed = readFeed(xml);
  const wanted = { title: 'Ears & eyes', pageUrl: 'https://x/e/', ...other };
  const check = feedCheck(feed, feed.items[0]!, wanted, wanted);
  expect(check.ok).toBe(ok);
  expect(check.detail).toMatch(says);
});

const markers = [
  { atMs: 2_000, name: 'One' },
  { atMs: 4_000, name: 'Two' },
];
const chapters = (...titles: string[]) => titles.map((title, index) => ({ startTime: index * 2, title }));
test.each([
  ['as they were set', chapters('Talk', 'One', 'Two'), true],
  ['one is missing', chapters('Talk', 'One'), false],
  ['one too many', chapters('Talk', 'One', 'Two', 'Three'), false],
  ['another name', chapters('Talk', 'One', 'Too'), false],
  [
    'not from the start',
    chapters('Talk', 'One', 'Two').map((c) => ({ ...c, startTime: c.startTime + 1 })),
    false,
  ],
  ['two at once', chapters('Talk', 'One', 'Two').map((c) => ({ ...c, startTime: 0 })), false],
  ['none', [], false],
])('the check of the chapters: %s', (_, found, ok) => {
  expect(chaptersVerdict(found, markers, 10).ok).toBe(ok);
});

test('a chapter after the end is none', () => {
  expect(chaptersVerdict(chapters('Talk', 'One', 'Two'), markers, 3).ok).toBe(false);
});

const request = (status: number, checked: boolean) => ({
  ...{ method: 'POST', path: '/channels/1/messages', body: undefined, status, checked },
});
test.each([
  ['held and accepted', true, [request(200, true)], true, /1 of 1 held/],
  [
    'one refused',
    true,
    [request(200, true), request(403, true)],
    false,
    /1 refused, the first POST .* with 403/,
  ],
  ['none held though a copy is at hand', true, [request(200, false)], false, /0 of 1 held/],
  ['no copy at hand', false, [request(200, false)], true, /none held against.*DISCORD_OPENAPI/],
])('the check of the requests: %s', (_, checksOpenApi, requests, ok, says) => {
  const check = verifyRequests({ requests, checksOpenApi });
  expect(check.ok).toBe(ok);
  expect(check.detail).toMatch(says);
});
