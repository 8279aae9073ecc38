import { expect, test } from 'vitest';
import { FeedError, readFeed } from '../../src/import/feed.ts';
import { readCaptions } from '../../src/import/captions.ts';
import { chaptersInFile, readChapters } from '../../src/import/chapters.ts';
import { beginsLikeMedia } from '../../src/import/media-file.ts';
import { dateOf, durationUsOf, explicitOf, webAddressOf } from '../../src/import/values.ts';
import { parseXml } from '../../src/import/xml.ts';
import { renderSrt, renderVtt } from '../../src/transcript/index.ts';

const at = 'https://old.example/feed.xml';
const feed = (channel: string, namespaces = '') =>
  `<?xml version="1.0"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" ` +
  `xmlns:podcast="https://podcastindex.org/namespace/1.0" ${namespaces}><channel><title>T</title>${channel}</channel></rss>`;
const item = (inner: string) =>
  `<item><enclosure url="https://old.example/1.mp3" type="audio/mpeg"/>${inner}</item>`;
const itemOf = (inner: string, namespaces = '') => readFeed(feed(item(inner), namespaces), at).items[0]!;

test('an episode is read with all that the catalog can hold, its guid letter by letter', () => {
  const read = itemOf(
    `<guid isPermaLink="true"> https://old.example/?p=1&amp;x=Ü </guid><title>Eins &amp; zwei</title>
     <pubDate>Tue, 05 Mar 2019 10:00:00 +0100</pubDate><itunes:duration>1:02:03</itunes:duration>
     <description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>
     <itunes:episode>7</itunes:episode><podcast:episode display="Day 7">7</podcast:episode>
     <itunes:season>2</itunes:season><podcast:season name="Live">2</podcast:season>
     <itunes:episodeType>bonus</itunes:episodeType><itunes:explicit>yes</itunes:explicit>
     <itunes:image href="/art.png"/><itunes:block>yes</itunes:block>
     <podcast:chapters url="chapters.json" type="application/json+chapters"/>
     <podcast:transcript url="/t.vtt" type="text/vtt" language="de"/><podcast:transcript url="/t.html" type="text/html"/>
     <podcast:person role="guest" img="/p.jpg" href="https://ada.example/">Ada</podcast:person>
     <podcast:person></podcast:person>
     <podcast:soundbite startTime="73.0" duration="60.25">Why</podcast:soundbite>
     <podcast:license>CC-BY-4.0</podcast:license>
     <podcast:location rel="subject" geo="geo:30.27,-97.74" osm="R113314">Austin</podcast:location>
     <podcast:socialInteract protocol="activitypub" uri="https://s.example/1" priority="1"/>
     <podcast:txt purpose="x">y</podcast:txt><podcast:image href="https://i.example/w.jpg" aspect-ratio="16/9"/>
     <podcast:contentLink href="https://v.example/1">Watch</podcast:contentLink>
     <podcast:alternateEnclosure type="audio/opus"/>`,
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
  );
  expect(read).toMatchObject({
    guid: 'https://old.example/?p=1&x=Ü',
    title: 'Eins & zwei',
    notes: '<p>Long</p>',
    publishedAt: new Date('2019-03-05T09:00:00Z'),
    durationUs: 3_723_000_000,
    ...{ kind: 'bonus', season: 2, number: 7, imageUrl: 'https://old.example/art.png' },
    chaptersUrl: 'https://old.example/chapters.json',
    transcripts: [
      { url: 'https://old.example/t.vtt', mimeType: 'text/vtt', language: 'de' },
      { mimeType: 'text/html' },
    ],
    feed: {
      ...{ seasonName: 'Live', numberDisplay: 'Day 7', explicit: true, itunesBlock: true },
      persons: [{ name: 'Ada', role: 'guest', imageUrl: 'https://old.example/p.jpg' }],
      soundbites: [{ startUs: 73_000_000, durationUs: 60_250_000, title: 'Why' }],
      license: { name: 'CC-BY-4.0' },
      locations: [{ name: 'Austin', rel: 'subject', osm: 'R113314' }],
      socialInteract: [{ protocol: 'activitypub', priority: 1 }],
      txts: [{ purpose: 'x', text: 'y' }],
      images: [{ aspectRatio: '16/9' }],
      contentLinks: [{ url: 'https://v.example/1', text: 'Watch' }],
    },
  });
});

test('a show is read with its identity, its lock, and where a proof may stand; what belongs to the former host is left', () => {
  const { show, left, morePages, newFeedUrl } = readFeed(
    feed(
      `<description>All &lt;b&gt;of&lt;/b&gt; it</description><language>de-AT</language><itunes:author>We</itunes:author>
       <itunes:category text="Society &amp; Culture"><itunes:category text="Philosophy"/></itunes:category>
       <itunes:category text="Technology"/><itunes:explicit>clean</itunes:explicit><itunes:type>serial</itunes:type>
       <itunes:owner><itunes:name>O</itunes:name><itunes:email>o@example.org</itunes:email></itunes:owner>
       <podcast:guid>9B024349-CCF0-5F69-A609-6B82873EAB3C</podcast:guid><podcast:locked owner="l@example.org">yes</podcast:locked>
       <podcast:txt purpose="verify">proof</podcast:txt><podcast:txt purpose="other">kept</podcast:txt>
       <podcast:value/><itunes:new-feed-url>https://new.example/f</itunes:new-feed-url>
       <podcast:updateFrequency rrule="nonsense">Weekly</podcast:updateFrequency>
       <atom:link rel="hub" href="https://hub.example/"/><atom:link rel="next" href="?page=2"/>`,
      'xmlns:atom="http://www.w3.org/2005/Atom"',
    ),
    at,
  );
  expect(show).toMatchObject({
    ...{ title: 'T', description: 'All <b>of</b> it', language: 'de-AT', author: 'We', explicit: false },
    ...{
      category: 'Society & Culture',
      subcategory: 'Philosophy',
      isLocked: true,
      ownerHint: 'l@example.org',
    },
    podcastGuid: '9b024349-ccf0-5f69-a609-6b82873eab3c',
    verifyTexts: ['All <b>of</b> it', 'proof'],
    feed: { type: 'serial', ownerEmail: 'o@example.org', moreCategories: [{ category: 'Technology' }] },
  });
  expect(show.feed.txts).toEqual([{ purpose: 'other', text: 'kept' }]);
  expect(show.feed).not.toHaveProperty('hubUrls');
  expect(show.feed).not.toHaveProperty('newFeedUrl');
  expect(show.feed).not.toHaveProperty('updateFrequency');
  expect([...left.keys()].sort()).toEqual(['podcast:value', 'updateFrequency']);
  expect(morePages).toEqual(['https://old.example/feed.xml?page=2']);
  expect(newFeedUrl).toBe('https://new.example/f');
});

test('namespaces are known by their addresses, whatever they are called, and by their names where those are odd', () => {
  const other = `<?xml version="1.0"?><rss xmlns:a="http://www.itunes.com/DTDs/PodCast-1.0.dtd"
    xmlns:b="https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md" xmlns:itunes="urn:odd"
    ><channel><title>T</title><b:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</b:guid><a:author>One</a:author>
    <item><enclosure url="/1.mp3"/><itunes:episode>3</itunes:episode><psc:chapters>
    <psc:chapter start="00:01:30.500" title="Two" href="/x" image="/c.png"/><psc:chapter start="nonsense" title="?"/>
    </psc:chapters></item></channel></rss>`;
  const { show, items } = readFeed(other, at);
  expect(show).toMatchObject({ author: 'One', podcastGuid: '9b024349-ccf0-5f69-a609-6b82873eab3c' });
  expect(items[0]).toMatchObject({
    number: 3,
    chapters: [
      {
        startUs: 90_500_000,
        title: 'Two',
        url: 'https://old.example/x',
        imageUrl: 'https://old.example/c.png',
      },
    ],
  });
});

test('what has no guid is known by its file; of two with one guid the newer is read; what is silent is counted', () => {
  const items = [
    item('<title>New</title><guid>g</guid>'),
    item('<title>Old</title><guid>g</guid>'),
    item('<title>None</title>'),
    '<item><title>Words</title></item>',
    '<item><enclosure url="/a.jpg" type="image/jpeg"/></item>',
    '<item><enclosure url="ftp://x/1.mp3"/></item>',
  ];
  const read = readFeed(feed(items.join('')), at);
  expect(read.items.map(({ guid, title }) => [guid, title])).toEqual([
    ['g', 'New'],
    ['https://old.example/1.mp3', 'None'],
  ]);
  expect(read.silentItems).toBe(3);
});

test.each([
  ['<html><body>Hi</body></html>', 'web page'],
  ['<!doctype html><html><head></head></html>', 'web page'],
  ['<feed xmlns="http://www.w3.org/2005/Atom"/>', 'Atom'],
  ['<opml/>', '<opml>'],
  ['{"version":"https://jsonfeed.org"}', 'no XML'],
  ['', 'no XML'],
  ['\0\0\0', 'no XML'],
])('%j is refused in a sentence', (text, expected) => {
  expect(() => readFeed(text, at)).toThrow(FeedError);
  expect(() => readFeed(text, at)).toThrow(expected);
});

test('what other readers put up with is put up with', () => {
  const broken = [
    // An open tag, an undeclared prefix, an entity of HTML, a bare ampersand, control characters, no end.
    `\n\n<rss><channel><title>A&nbsp;B & C\x07</title><foo:bar>`,
    item('<title>One<b></title><guid>1</guid>'),
    '</foo:bar>',
    item('<title><![CDATA[<Two>]]></title><guid>2</guid>'),
  ].join('');
  const read = readFeed(broken, at);
  expect(read.show.title).toContain('A\u00a0B');
  expect(read.items.map(({ guid }) => guid)).toContain('2');
});

test('no entity of the document unfolds, nothing is fetched, and depth has an end', () => {
  const laughs = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(1000)}"><!ENTITY c "${'&b;'.repeat(1000)}">
    <!ENTITY file SYSTEM "file:///etc/passwd">]><rss><channel><title>&c;&file;</title></channel></rss>`;
  const { title } = readFeed(laughs, at).show;
  expect(title.length).toBeLessThan(100);
  expect(title).not.toContain('root:');
  expect(() => parseXml('<a>'.repeat(100))).toThrow(FeedError);
  expect(() => parseXml('<a>'.repeat(1_000_000))).toThrow(FeedError);
  expect(() => parseXml(`<r>${'<a/>'.repeat(2_000_001)}</r>`)).toThrow(FeedError);
});

test('a feed of 10 MB is read in a few seconds', () => {
  const one = item(
    `<guid>GUID</guid><title>T</title><description>${'words and words '.repeat(120)}</description>`,
  );
  const all = Array.from({ length: 5_000 }, (_, index) => one.replace('GUID', String(index)));
  const before = process.cpuUsage();
  expect(readFeed(feed(all.join('')), at).items.length).toBe(5_000);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(15);
});

test.each([
  ['Tue, 05 Mar 2019 10:00:00 GMT', '2019-03-05T10:00:00Z'],
  ['Di, 05 Mar 2019 10:00:00 +0100', '2019-03-05T09:00:00Z'],
  ['05 Mar 2019 10:00 EST', '2019-03-05T15:00:00Z'],
  ['2019-03-05T10:00:00+02:00', '2019-03-05T08:00:00Z'],
])('%s is a date', (text, iso) => {
  expect(dateOf(text)).toEqual(new Date(iso));
});

test('values are read in their many spellings, and nonsense is nothing', () => {
  expect(dateOf('yesterday')).toBeUndefined();
  expect(['3600', '60:00', '1:00:00', '1:00:00.5', 'an hour', '-1', ''].map(durationUsOf)).toEqual([
    ...[3.6e9, 3.6e9, 3.6e9, 3.6005e9, undefined, undefined, undefined],
  ]);
  expect(['Yes', 'true', 'clean', 'no', 'maybe', undefined].map(explicitOf)).toEqual([
    ...[true, true, false, false, undefined, undefined],
  ]);
  expect(webAddressOf('//cdn.example/a b.mp3', at)).toBe('https://cdn.example/a%20b.mp3');
  expect(webAddressOf('javascript:alert(1)', at)).toBeUndefined();
});

test('chapters are read from documents and from files; what only changes a picture is none to choose', () => {
  const text = JSON.stringify({
    version: '1.2.0',
    chapters: [
      { startTime: '0', title: 'Start', img: '/i.png', url: 'https://x.example/' },
      { startTime: 5, title: 'Hidden', toc: false },
      { startTime: 6, img: '/i.png' },
      { startTime: 61.25, title: ' Next ' },
    ],
  });
  expect(readChapters(text, at)).toEqual([
    { startUs: 0, title: 'Start', url: 'https://x.example/', imageUrl: 'https://old.example/i.png' },
    { startUs: 61_250_000, title: 'Next', url: undefined, imageUrl: undefined },
  ]);
  for (const odd of ['', '[]', '{"chapters":{}}', '{"chapters":[{"startTime":-1}]}'])
    expect(readChapters(odd, at)).toEqual([]);
  expect(chaptersInFile([{ start_time: '1.5', 'TAG:title': 'In the file' }, { start_time: 'x' }])).toEqual([
    { startUs: 1_500_000, title: 'In the file' },
  ]);
});

const VTT = `WEBVTT\n\nNOTE hello\n\n1\n00:01.000 --> 00:03.500 line:0\n<v Ada Lovelace>Hello &amp; <i>welcome</i>\nto all\n\n01:00:00.000 --> 01:00:01.000\n<v Bo>Bye`;
const SRT = `1\r\n00:00:01,000 --> 00:00:03,500\r\nAda: Hello\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\nand welcome\r\n`;
const JSON_TEXT = JSON.stringify({
  version: '1.0.0',
  segments: [
    { speaker: 'Ada', startTime: 1, endTime: 2.5, body: 'Hello' },
    { startTime: 3, endTime: 4, body: 'there' },
  ],
});

test('transcripts are read in every form that has times, with who speaks', () => {
  const said = (cues: ReturnType<typeof readCaptions>) =>
    cues.map(({ startUs, endUs, speaker, words }) => [
      startUs / 1e6,
      endUs / 1e6,
      speaker,
      words.map(({ text }) => text).join(''),
    ]);
  expect(said(readCaptions('vtt', VTT))).toEqual([
    [1, 3.5, 'Ada Lovelace', 'Hello & welcome to all'],
    [3600, 3601, 'Bo', 'Bye'],
  ]);
  expect(said(readCaptions('srt', SRT))).toEqual([
    [1, 3.5, 'Ada', 'Hello'],
    [4, 5, 'Ada', 'and welcome'],
  ]);
  expect(said(readCaptions('json', JSON_TEXT))).toEqual([
    [1, 2.5, 'Ada', 'Hello'],
    [3, 4, 'Ada', 'there'],
  ]);
  for (const odd of ['', 'WEBVTT', '{}', '<html>', '00:01 --> x']) {
    expect(readCaptions('vtt', odd)).toEqual([]);
    expect(readCaptions('json', odd)).toEqual([]);
  }
  const nobody = readCaptions('vtt', 'WEBVTT\n\n00:01.000 --> 00:02.000\nWords');
  expect(renderVtt(nobody)).not.toContain('<v');
  expect(renderSrt(nobody)).toContain('\nWords\n');
});

test.each([
  ['ID3\x04', true],
  ['\xff\xfb\x90', true],
  ['\0\0\0\0\xff\xfb', true],
  ['\0\0\0\x20ftypM4A ', true],
  ['OggS', true],
  ['#EXTM3U\nfile:///etc/passwd', false],
  ['ffconcat version 1.0', false],
  ['<html>', false],
  ['\0\0\0\0', false],
  ['', false],
])('%j begins like audio: %s', (text, expected) => {
  expect(beginsLikeMedia(Buffer.from(text, 'latin1'))).toBe(expected);
});
