import { describe, expect, test } from 'vitest';
import {
  DEFAULT_EPISODE_FEED,
  DEFAULT_SHOW_FEED,
  episodeFeedSettings,
  showFeedSettings,
} from '../../src/catalog/feed-settings.ts';

test('what nobody said has its default, and JSON brings the same back', () => {
  expect(DEFAULT_SHOW_FEED).toMatchObject({
    ...{ type: 'episodic', medium: 'podcast', locked: true, pagedAfter: 300 },
    ...{ usesPodping: false, op3: false, itunesBlock: false, complete: false, hubUrls: [], txts: [] },
  });
  expect(showFeedSettings.parse(JSON.parse(JSON.stringify(DEFAULT_SHOW_FEED)))).toEqual(DEFAULT_SHOW_FEED);
  expect(episodeFeedSettings.parse(JSON.parse(JSON.stringify(DEFAULT_EPISODE_FEED)))).toEqual(
    DEFAULT_EPISODE_FEED,
  );
});

test('a host may say everything', () => {
  const said = {
    ...{ type: 'serial', ownerName: 'The Collective', ownerEmail: 'owner@example.org' },
    ...{ copyright: 'The Collective', medium: 'course', applePodcastsVerify: 'abc', locked: false },
    moreCategories: [{ category: 'News', subcategory: 'Tech News' }],
    funding: [{ url: 'https://example.org/give', text: 'Support us' }],
    persons: [
      { name: 'Ada', role: 'guest', url: 'https://example.org', imageUrl: 'https://example.org/a.jpg' },
    ],
    license: { name: 'cc-by-4.0' },
    locations: [
      { name: 'Austin', rel: 'creator', geo: 'geo:30.2711286,-97.7436995', osm: 'R113314', country: 'US' },
    ],
    updateFrequency: {
      ...{ text: 'Every other Monday', rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=10' },
      ...{ dtstart: '2023-08-28T00:00:00.000Z', complete: false },
    },
    podroll: [{ feedGuid: '29cdca4a-32d8-56ba-b48b-09a011c5daa9', title: 'Another' }],
    publisher: { feedGuid: '003af0a0-6a45-55cf-b765-68e3d349551a' },
    txts: [{ purpose: 'verify', text: 'S6lpp-7ZCn8' }, { text: 'naj3eEZa' }],
    blocks: [{ blocked: true }, { platform: 'google', blocked: false }],
    images: [{ url: 'https://example.org/wide.jpg', alt: 'Waves', aspectRatio: '16/9', widthPixels: 1200 }],
    chat: { server: 'irc.example.net', protocol: 'irc', space: '#stage' },
    socialInteract: [
      { protocol: 'activitypub', uri: 'https://social.example/@a/1', accountId: '@a', priority: 1 },
      { protocol: 'nostr', uri: 'nostr:note1abc' },
    ],
    hubUrls: ['https://hub.example.org/'],
    newFeedUrl: 'https://elsewhere.example/feed.xml',
  };
  expect(showFeedSettings.parse(said)).toEqual({ ...DEFAULT_SHOW_FEED, ...said });
});

describe('what is refused in a show', () => {
  test.each([
    ['an unknown setting', { typo: true }],
    ['a script for a link', { funding: [{ url: 'javascript:alert(1)', text: 'x' }] }],
    ['a link without words', { funding: [{ url: 'https://example.org', text: ' ' }] }],
    ['a name of 129 characters', { persons: [{ name: 'x'.repeat(129) }] }],
    ['a text of 4,001 characters', { txts: [{ text: 'x'.repeat(4001) }] }],
    ['an own license without its text', { license: { name: 'mine' } }],
    ['a rule that counts from nowhere', { updateFrequency: { text: 'x', rrule: 'FREQ=DAILY;COUNT=3' } }],
    ['a rule that is none', { updateFrequency: { text: 'x', rrule: 'daily' } }],
    ['a place off the form', { locations: [{ name: 'x', geo: '1,2' }] }],
    ['a map object off the form', { locations: [{ name: 'x', osm: '113314' }] }],
    ['Discord as a chat', { chat: { server: 'discord.com', protocol: 'discord' } }],
    [
      'comments switched off at an address',
      { socialInteract: [{ protocol: 'disabled', uri: 'https://a.b' }] },
    ],
    ['comments nowhere', { socialInteract: [{ protocol: 'activitypub' }] }],
    ['half a guid', { podroll: [{ feedGuid: '29cdca4a' }] }],
    ['a medium without episodes', { medium: 'musicL' }],
    ['an answer about AI that is none', { txts: [{ purpose: 'ai-content', text: 'maybe' }] }],
    ['no episode in the main feed', { pagedAfter: 0 }],
    ['no e-mail address', { ownerEmail: 'me' }],
    ['a thousand people', { persons: Array.from({ length: 1000 }, () => ({ name: 'x' })) }],
  ])('%s', (_name, said) => {
    expect(showFeedSettings.safeParse(said).success).toBe(false);
  });
});

test.each([
  ['a soundbite without length', { soundbites: [{ startUs: 0, durationUs: 0 }] }],
  ['a soundbite before the start', { soundbites: [{ startUs: -1, durationUs: 1 }] }],
  ['a part of a microsecond', { soundbites: [{ startUs: 0.5, durationUs: 1 }] }],
  ['what only shows say', { type: 'serial' }],
])('an episode: %s is refused', (_name, said) => {
  expect(episodeFeedSettings.safeParse(said).success).toBe(false);
});

test('text is made storable: no U+0000, no half surrogate, no white space around it', () => {
  const { persons } = episodeFeedSettings.parse({ persons: [{ name: ' A\0d\ud800a ' }] });
  expect(persons).toEqual([{ name: 'Ad\ufffda' }]);
});
