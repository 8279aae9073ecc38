/** Everything said at once, read by a parser that is not ours. */
import { parseFeed } from 'podcast-partytime';
import { describe, expect, test } from 'vitest';
import { renderFeed } from '../../../publisher/feed/feed.ts';
import { TOKEN_SLOT } from '../../../publisher/feed/member-token.ts';
import { fullItem, fullShow, liveItem } from './support.ts';
import { faultsOf } from './well-formed.ts';

const xml = renderFeed(fullShow());
const feed = parseFeed(xml);
const [episode] = feed?.items ?? [];

test('is well-formed, and the same each time', async () => {
  expect(await faultsOf(xml)).toEqual([]);
  expect(renderFeed(fullShow())).toBe(xml);
});

test('a second parser reads what the show says', () => {
  expect(feed).toMatchObject({
    ...{ itunesType: 'serial', copyright: 'The Collective', medium: 'course', locked: true },
    ...{ itunesBlock: true, itunesComplete: true, itunesNewFeedUrl: 'https://elsewhere.example/feed.xml' },
    owner: { name: 'The Owner', email: 'owner@example.org' },
    podcastOwner: 'owner@example.org',
    pubsub: { hub: 'https://hub.example.org/', self: 'https://podcasts.example.org/shows/stage/feed.xml' },
    podcastFunding: [{ url: 'https://example.org/give', message: 'Support us' }],
    podcastPeople: [{ name: 'Cy', role: 'Host' }],
    podcastLocation: { name: 'Leuven' },
    license: { identifier: 'mine', url: 'https://example.org/license' },
    podcastTxt: [{ purpose: 'verify', value: 'S6lpp-7ZCn8' }],
    podroll: [{ feedGuid: '29cdca4a-32d8-56ba-b48b-09a011c5daa9' }],
    podcastPublisher: { feedGuid: '003af0a0-6a45-55cf-b765-68e3d349551a' },
    chat: { server: 'example.com', protocol: 'matrix' },
    podcastBlocked: 'yes',
  });
  expect(feed?.itunesCategory).toEqual(['Society & Culture > Philosophy', 'Technology']);
  expect(feed?.podcastBlockedPlatforms).toMatchObject({ google: false });
});

test('a second parser reads what the episode says', () => {
  expect(episode).toMatchObject({
    ...{ itunesEpisodeType: 'bonus', itunesEpisode: 7, itunesSeason: 2 },
    itunesImage: 'https://podcasts.example.org/art/episode.0123.png',
    podcastSeason: { number: 2, name: 'Live & late' },
    podcastEpisode: { number: 7, display: 'Day 7' },
    podcastSoundbites: [{ startTime: 73, duration: 60.25, title: 'Why' }],
    podcastPeople: [
      {
        name: 'Ada',
        role: 'Guest',
        group: 'Cast',
        img: 'https://example.org/a.jpg',
        href: 'https://example.org/a',
      },
      { name: 'Bo', role: 'Host', group: 'Cast' },
    ],
    podcastLocation: { name: 'Austin', geo: 'geo:30.27,-97.74', osm: 'R113314' },
    license: { identifier: 'CC-BY-4.0' },
    chat: { server: 'irc.example.net', protocol: 'irc' },
  });
  expect(episode?.podcastTranscripts?.map(({ url }) => url.slice(-3))).toEqual(['vtt', 'srt', 'son']);
  expect(episode?.alternativeEnclosures).toMatchObject([
    { type: 'audio/mpeg', default: true, length: 9_056_123, integrity: { type: 'sri' } },
    {
      ...{ type: 'audio/opus', default: false, codecs: 'opus', lang: 'en', bitrate: 48_000 },
      source: [
        { uri: 'https://podcasts.example.org/media/a/b/d.opus' },
        { uri: 'https://mirror.example.org/d.opus' },
      ],
    },
  ]);
});

describe('the letter of what that parser does not read', () => {
  test.each([
    '<itunes:applepodcastsverify>abc-123</itunes:applepodcastsverify>',
    '<itunes:block>Yes</itunes:block>',
    '<itunes:complete>Yes</itunes:complete>',
    '<podcast:locked owner="owner@example.org">yes</podcast:locked>',
    '<podcast:podping usesPodping="true"/>',
    '<podcast:updateFrequency rrule="FREQ=WEEKLY" dtstart="2026-01-05">Weekly</podcast:updateFrequency>',
    '<podcast:image href="https://example.org/wide.jpg" alt="Waves" aspect-ratio="16/9" width="1200" purpose="social"/>',
    '<podcast:block>yes</podcast:block><podcast:block id="google">no</podcast:block>',
    '<podcast:socialInteract protocol="disabled"/>',
    '<podcast:socialInteract priority="1" protocol="activitypub" uri="https://social.example/@a/1" accountId="@a"/>',
    '<podcast:txt purpose="ai-content">false</podcast:txt>',
    '<podcast:publisher><podcast:remoteItem feedGuid="003af0a0-6a45-55cf-b765-68e3d349551a" feedUrl="https://example.org/p.xml" medium="publisher"/></podcast:publisher>',
    '<podcast:contentLink href="https://video.example/1">Watch it</podcast:contentLink>',
    '<podcast:soundbite startTime="73.000" duration="60.250">Why</podcast:soundbite>',
    `value="sha256-${Buffer.from('ab'.repeat(32), 'hex').toString('base64')}"`,
    '<podcast:location rel="creator" geo="geo:30.27,-97.74" osm="R113314" country="US">Austin</podcast:location>',
  ])('%s', (expected) => {
    expect(xml).toContain(expected);
  });
});

describe('a live item', () => {
  test.each(['pending', 'live', 'ended'] as const)('%s is read whole by a second parser', (status) => {
    const [live] =
      parseFeed(renderFeed(fullShow({ liveItems: [liveItem({ status })] })))?.podcastLiveItems ?? [];
    expect(live).toMatchObject({
      status,
      start: new Date('2026-12-01T19:00:00Z'),
      end: new Date('2026-12-01T20:30:00Z'),
      title: 'Next week live',
      guid: 'c0ffee00-0000-4000-8000-00000000000f',
      link: 'https://podcasts.example.org/shows/stage/live/1/',
      enclosure: { url: 'https://podcasts.example.org/live/join.mp3', length: 48_000, type: 'audio/mpeg' },
      contentLinks: [{ url: 'https://discord.com/events/1/2', title: 'Join us on Discord' }],
    });
  });
  test('is no episode', () => {
    expect(feed?.items).toHaveLength(1);
  });
});

test('a trailer among the episodes is the trailer of the show or of its season', () => {
  const items = [
    fullItem({ guid: 'a', kind: 'trailer', season: 3, number: undefined, title: 'Season three' }),
    fullItem({ guid: 'b', kind: 'full' }),
  ];
  const trailers = parseFeed(renderFeed(fullShow({ items })))?.trailers;
  expect(trailers).toMatchObject([
    {
      ...{ url: 'https://podcasts.example.org/media/a/b/c.mp3', length: 9_056_123, type: 'audio/mpeg' },
      ...{ season: 3, pubdate: new Date('2026-11-18T20:00:00Z') },
    },
  ]);
});

test.each([
  [
    'part of a number',
    { number: 100.5, season: 1 },
    'podcast:episode display="Day 7">100.5<',
    'itunes:episode>',
  ],
  ['no season', { season: 0 }, 'itunes:episode>7<', 'season'],
  ['nothing that is a number', { number: Number.NaN, season: -1 }, '<itunes:episodeType>', 'NaN'],
])('%s stands only where it may', (_name, fields, expected, unexpected) => {
  const item = renderFeed(fullShow({ items: [fullItem(fields)], liveItems: [] }));
  expect(item).toContain(expected);
  expect(item).not.toContain(unexpected);
});

test('HTML that a show is described with stays HTML', () => {
  expect(renderFeed(fullShow({ description: '<p>One <script>x</script>show</p>' }))).toContain(
    '<description><![CDATA[<p>One show</p>]]></description>',
  );
});

test('notes of tags alone give way to the title', () => {
  expect(renderFeed(fullShow({ items: [fullItem({ notes: '<p></p>' })] }))).toContain(
    '<description><![CDATA[<p>Questions &amp; answers</p>]]></description>',
  );
});

const hostile = [
  ['control characters', 'bell \u0007 nul \0 vertical \u000b'],
  ['the end of CDATA', 'a ]]> b ]]]]>> c'],
  ['markup', '<script>alert("x")</script> & <![CDATA[ <p>x</p>'],
  ['lone surrogates', 'half \ud83c and half \udf99'],
  ['not characters', '\ufffe\uffff and \uffff'],
  ['bidi overrides', '\u202eevil\u2066'],
  ['white space', ' \n\t padded \u00a0\r\n '],
  ['emoji and right to left', '👩‍🚀 مقدمة إلى الصوت'],
  ['nothing visible', ' \u0007 '],
  ['100,000 characters', 'x]]>&\u0007'.repeat(20_000)],
] as const;

/** Every text of a value, however deep. Addresses are made by us or checked: there U+FFFF is the slot for a token. */
function filled<T>(value: T, text: string): T {
  if (typeof value === 'string') return text as T;
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => filled(one, text)) as T;
  const textOf = (key: string) => (/url/i.test(key) ? text.replaceAll(TOKEN_SLOT, '') : text);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, textOf(key))])) as T;
}

test.each(hostile)(
  '%s in every text there is leaves a well-formed feed with one item',
  async (_name, text) => {
    const whole = renderFeed(filled(fullShow(), text));
    expect(await faultsOf(whole)).toEqual([]);
    expect(whole).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
    expect(whole.match(/<item>/g)).toHaveLength(1);
  },
);
