/** Every rule both ways: found where it is broken, and not where it is kept. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_EPISODE_FEED, DEFAULT_SHOW_FEED } from '../../../../src/catalog/feed-settings.ts';
import type { ArtFacts } from '../../../../publisher/feed/lint/art.ts';
import { ART_RULES } from '../../../../publisher/feed/lint/art-rules.ts';
import { ENCLOSURE_RULES } from '../../../../publisher/feed/lint/enclosure-rules.ts';
import { ITEM_RULES } from '../../../../publisher/feed/lint/item-rules.ts';
import { ITEM_SAID_RULES } from '../../../../publisher/feed/lint/item-said-rules.ts';
import { gateOf, lintFeed, type LintFacts } from '../../../../publisher/feed/lint/lint.ts';
import { LIVE_RULES } from '../../../../publisher/feed/lint/live-rules.ts';
import { SAID_RULES } from '../../../../publisher/feed/lint/said-rules.ts';
import { SHOW_RULES } from '../../../../publisher/feed/lint/show-rules.ts';
import type { FeedItem, FeedShow, LiveItem } from '../../../../publisher/feed/model.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { fullItem, fullShow, liveItem } from '../support.ts';

const art = (fields: Partial<ArtFacts> = {}): ArtFacts => ({
  ...{ format: 'jpeg', widthPixels: 3000, heightPixels: 3000, pixelFormat: 'rgb' },
  ...{ bytes: 400_000, extension: 'jpg', ...fields },
});

const facts = (fields: Partial<LintFacts> = {}): LintFacts => ({
  ...{ baseUrl: 'https://podcasts.example.org', now: new Date('2026-11-20T12:00:00Z'), art: art() },
  ...{ feedBytes: 1_000_000, ...fields },
});

/** Nothing is wrong with these. */
const item = (fields: Partial<FeedItem> = {}) =>
  fullItem({ ...DEFAULT_EPISODE_FEED, kind: 'full', imageUrl: undefined, ...fields });
const show = (fields: Partial<FeedShow> = {}) =>
  fullShow({ ...DEFAULT_SHOW_FEED, items: [item()], liveItems: [liveItem()], ...fields });

const withItem = (fields: Partial<FeedItem>, more: Partial<FeedShow> = {}) => ({
  feed: show({ items: [item(fields)], ...more }),
});
const withFile = (fields: Partial<FeedItem['enclosure']>) =>
  withItem({ enclosure: { ...item().enclosure, ...fields } });
const withLive = (fields: Partial<LiveItem>) => ({ feed: show({ liveItems: [liveItem(fields)] }) });
const withArt = (fields: Partial<ArtFacts>) => ({ known: facts({ art: art(fields) }) });
const named = (name: string, role?: string, group?: string) => ({ name, role, group });
const at = (priority?: number) => ({
  ...{ protocol: 'activitypub' as const, uri: 'https://social.example/1', priority },
});

type Case = [rule: string, severity: 'blocks' | 'warns', broken: { feed?: FeedShow; known?: LintFacts }];

const BROKEN: Case[] = [
  ['show-title', 'blocks', { feed: show({ title: ' \u0007' }) }],
  ['show-title-length', 'warns', { feed: show({ title: 'x'.repeat(256) }) }],
  ['show-description', 'blocks', { feed: show({ description: ' \n ' }) }],
  ['show-description', 'blocks', { feed: show({ description: '<p> </p><p><b></b></p>' }) }],
  ['show-description-length', 'warns', { feed: show({ description: 'ü'.repeat(2001) }) }],
  ['show-description-repeats', 'warns', { feed: show({ description: ' The  Stage ' }) }],
  ['show-addresses', 'blocks', { feed: show({ feedUrl: '/feed.xml' }) }],
  ['show-addresses', 'blocks', { feed: show({ pageUrl: 'javascript:alert(1)' }) }],
  ['https', 'warns', { known: facts({ baseUrl: 'http://podcasts.example.org' }) }],
  ['https', 'warns', { known: facts({ baseUrl: 'http://localhost:8080' }) }],
  ['https', 'warns', { known: facts({ baseUrl: 'https://127.0.0.1:8443' }) }],
  ['show-language', 'blocks', { feed: show({ language: 'English' }) }],
  ['show-language', 'blocks', { feed: show({ language: 'xx' }) }],
  ['show-language-code', 'warns', { feed: show({ language: 'yue' }) }],
  ['show-category', 'blocks', { feed: show({ category: 'Games & Hobbies', subcategory: undefined }) }],
  ['show-category', 'blocks', { feed: show({ category: 'technology', subcategory: undefined }) }],
  ['show-category', 'blocks', { feed: show({ category: 'Technology', subcategory: 'Gadgets' }) }],
  ['show-category', 'blocks', { feed: show({ category: 'constructor', subcategory: undefined }) }],
  ['more-categories', 'warns', { feed: show({ moreCategories: [{ category: 'Podcasting' }] }) }],
  ['show-author', 'warns', { feed: show({ author: '' }) }],
  ['show-art', 'blocks', { feed: show({ imageUrl: '' }) }],
  ['podcast-guid', 'warns', { feed: show({ podcastGuid: 'c0ffee00-0000-4000-8000-000000000001' }) }],
  ['show-without-episodes', 'warns', { feed: show({ items: [] }) }],
  ['feed-size', 'warns', { known: facts({ feedBytes: 6_000_000 }) }],
  ['copyright-wording', 'warns', { feed: show({ copyright: '© The Collective' }) }],
  ['copyright-wording', 'warns', { feed: show({ copyright: 'The Collective 2026' }) }],
  ['show-persons', 'warns', { feed: show({ persons: [named('Ada', 'wizard')] }) }],
  ['show-persons', 'warns', { feed: show({ persons: [named('Ada', 'host', 'magic')] }) }],
  ['show-social-priority', 'warns', { feed: show({ socialInteract: [at(1), at()] }) }],
  ['show-license', 'warns', { feed: show({ license: { name: 'mine' } }) }],
  ['block-platform', 'warns', { feed: show({ blocks: [{ platform: 'nobody', blocked: true }] }) }],
  ['hidden-from-apple', 'warns', { feed: show({ itunesBlock: true }) }],
  [
    'complete-twice',
    'warns',
    { feed: show({ complete: true, updateFrequency: { text: 'x', complete: false } }) },
  ],
  ['podroll-self', 'warns', { feed: show({ podroll: [{ feedGuid: show().podcastGuid.toUpperCase() }] }) }],
  ['new-feed-url', 'warns', { feed: show({ newFeedUrl: 'http://elsewhere.example/feed.xml' }) }],
  ['art-type', 'blocks', withArt({ format: 'webp', widthPixels: 0 })],
  ['art-type', 'blocks', withArt({ format: 'unknown', widthPixels: 0 })],
  ['art-type', 'blocks', withArt({ widthPixels: 0 })],
  ['art-extension', 'blocks', withArt({ format: 'png' })],
  ['art-square', 'blocks', withArt({ heightPixels: 2999 })],
  ['art-size', 'blocks', withArt({ widthPixels: 1399, heightPixels: 1399 })],
  ['art-size', 'blocks', withArt({ widthPixels: 3001, heightPixels: 3001 })],
  ['art-cmyk', 'blocks', withArt({ pixelFormat: 'cmyk' })],
  ['art-grey', 'warns', withArt({ pixelFormat: 'grey' })],
  ['art-alpha', 'warns', withArt({ pixelFormat: 'rgba', format: 'png', extension: 'png' })],
  ['art-bytes', 'warns', withArt({ bytes: 600_000 })],
  [
    'art-square',
    'warns',
    { known: facts({ itemArt: new Map([[item().guid, art({ heightPixels: 1500 })]]) }) },
  ],
  [
    'duplicate-guid',
    'blocks',
    {
      feed: show({
        items: [
          item({ enclosure: { ...item().enclosure, url: 'https://podcasts.example.org/other.mp3' } }),
          item(),
        ],
      }),
    },
  ],
  ['duplicate-enclosure', 'blocks', { feed: show({ items: [item({ guid: 'b' }), item()] }) }],
  ['item-title', 'blocks', withItem({ title: '' })],
  ['item-title-number', 'warns', withItem({ title: 'Episode 12: Questions' })],
  ['item-title-number', 'warns', withItem({ title: 'S02E07 Questions' })],
  ['item-title-number', 'warns', withItem({ title: '#7 Questions' })],
  ['item-title-number', 'warns', withItem({ title: '7 - Questions' })],
  ['item-title-repeats', 'warns', withItem({ title: 'The stage: questions' })],
  ['item-guid', 'blocks', withItem({ guid: '' })],
  ['item-guid', 'blocks', withItem({ guid: ' a' })],
  ['item-date', 'blocks', withItem({ publishedAt: new Date(NaN) })],
  ['item-date-ahead', 'warns', withItem({ publishedAt: new Date('2026-11-21T12:00:00Z') })],
  ['item-duration', 'warns', withItem({ durationUs: 0 })],
  ['item-notes', 'warns', withItem({ notes: ' ' })],
  ['item-notes', 'warns', withItem({ notes: '<p></p>' })],
  ['item-notes-length', 'warns', withItem({ notes: 'x'.repeat(4000) })],
  ['item-notes-length', 'warns', withItem({ notes: '&'.repeat(900) })],
  ['serial-number', 'blocks', withItem({ number: undefined }, { type: 'serial' })],
  ['item-number', 'warns', withItem({ number: 1.5 })],
  ['item-number', 'warns', withItem({ season: 0 })],
  [
    'transcript-timed',
    'warns',
    withItem({ transcripts: [{ url: 'https://a.b/t', mimeType: 'text/html', isCaptions: false }] }),
  ],
  [
    'transcript-type',
    'warns',
    withItem({
      transcripts: [
        ...(item().transcripts ?? []),
        { url: 'https://a.b/t', mimeType: 'application/pdf', isCaptions: false },
      ],
    }),
  ],
  ['soundbite-place', 'warns', withItem({ soundbites: [{ startUs: 740e6, durationUs: 20e6 }] })],
  ['soundbite-length', 'warns', withItem({ soundbites: [{ startUs: 0, durationUs: 14e6 }] })],
  ['soundbite-length', 'warns', withItem({ soundbites: [{ startUs: 0, durationUs: 121e6 }] })],
  ['item-persons', 'warns', withItem({ persons: [named('Bo'), named('Ada', 'wizard')] })],
  ['item-hosts', 'warns', withItem({ persons: [named('Ada', 'guest')] }, { persons: [named('Cy')] })],
  ['item-social-priority', 'warns', withItem({ socialInteract: [at(), at()] })],
  ['item-license', 'warns', withItem({ license: { name: 'mine' } })],
  [
    'alternate-title',
    'warns',
    withItem({ alternates: [{ ...item().alternates[0]!, title: 'x'.repeat(33) }] }),
  ],
  ['alternate-length', 'warns', withItem({ alternates: [{ ...item().alternates[0]!, bytes: 0 }] })],
  ['enclosure-address', 'blocks', withFile({ url: 'media/c.mp3' })],
  ['enclosure-https', 'warns', withFile({ url: 'http://podcasts.example.org/c.mp3' })],
  ['enclosure-ascii', 'warns', withFile({ url: 'https://podcasts.example.org/ü.mp3' })],
  ['enclosure-length', 'blocks', withFile({ bytes: 0 })],
  ['enclosure-length', 'blocks', withFile({ bytes: 1.5 })],
  ['enclosure-type', 'blocks', withFile({ mimeType: 'audio/ogg' })],
  ['enclosure-extension', 'blocks', withFile({ url: 'https://podcasts.example.org/c.m4a' })],
  ['enclosure-extension', 'blocks', withFile({ url: 'https://podcasts.example.org/c' })],
  ['live-title', 'blocks', withLive({ title: '' })],
  ['live-guid', 'blocks', withLive({ guid: '' })],
  ['live-content-link', 'blocks', withLive({ contentLinks: [] as unknown as LiveItem['contentLinks'] })],
  ['live-times', 'blocks', withLive({ endsAt: new Date('2026-12-01T19:00:00Z') })],
  ['live-times', 'blocks', withLive({ startsAt: new Date(NaN) })],
  ['live-stale', 'warns', withLive({ startsAt: new Date('2026-11-19T11:00:00Z') })],
  ['live-early', 'warns', withLive({ status: 'ended' })],
];

test.each(BROKEN)('%s %s', (rule, severity, { feed = show(), known = facts() }) => {
  const found = lintFeed(feed, known).filter((finding) => finding.rule === rule);
  expect(found).not.toEqual([]);
  for (const finding of found) {
    expect(finding.severity).toBe(severity);
    for (const text of [finding.what, finding.remedy, finding.source]) expect(text).toMatch(/^\S.{4,}\S$/s);
  }
});

test('a show with nothing wrong passes without a word', () => {
  expect(lintFeed(show(), facts())).toEqual([]);
});

const KEPT: [name: string, feed: FeedShow, known?: LintFacts][] = [
  ['no art known yet', show(), facts({ art: undefined, feedBytes: undefined })],
  ['HTML for a description', show({ description: '<p>A <b>show</b></p>' })],
  ['a language with its region', show({ language: 'pt-br' })],
  ['every subcategory there may be', show({ category: 'TV & Film', subcategory: 'After Shows' })],
  ['a category without any under it', show({ category: 'True Crime', subcategory: undefined })],
  ['more categories', show({ moreCategories: [{ category: 'News', subcategory: 'Tech News' }] })],
  ['a holder of copyright', show({ copyright: 'The Collective' })],
  [
    'persons of the taxonomy in any case',
    show({ persons: [named('A', 'Cover Art Designer', 'Visuals'), named('B')] }),
  ],
  ['comments switched off', show({ socialInteract: [{ protocol: 'disabled' }] })],
  ['comments in order', show({ socialInteract: [at(1), at(2)] })],
  ['blocks by their words', show({ blocks: [{ blocked: true }, { platform: 'apple', blocked: false }] })],
  ['a show that is over', show({ complete: true, updateFrequency: { text: 'x', complete: true } })],
  [
    'a license with an address',
    show({
      license: { name: 'mine', url: 'https://a.b' },
      items: [item({ license: { name: 'cc-by-4.0' } })],
    }),
  ],
  ['a move to https', show({ newFeedUrl: 'https://elsewhere.example/feed.xml' })],
  [
    'the smallest art, as PNG',
    show(),
    facts({ art: art({ format: 'png', extension: 'png', widthPixels: 1400, heightPixels: 1400 }) }),
  ],
  ['art called .jpeg', show(), facts({ art: art({ extension: 'jpeg' }) })],
  [
    'a serial show with numbers, and a trailer without',
    show({
      type: 'serial',
      items: [
        item({ number: 1 }),
        item({
          guid: 't',
          kind: 'trailer',
          number: undefined,
          enclosure: { ...item().enclosure, url: 'https://podcasts.example.org/t.mp3' },
        }),
      ],
    }),
  ],
  ['a year in a title', show({ items: [item({ title: '2026: a look back' })] })],
  ['a number inside a title', show({ items: [item({ title: 'The 7 habits' })] })],
  [
    'a guest beside a host',
    show({
      persons: [named('Cy')],
      items: [item({ persons: [named('Ada', 'guest'), named('Cy', 'Co-Host')] })],
    }),
  ],
  [
    'soundbites of 15 and 120 seconds',
    show({
      items: [
        item({
          soundbites: [
            { startUs: 0, durationUs: 15e6 },
            { startUs: 634.4e6, durationUs: 120e6 },
          ],
        }),
      ],
    }),
  ],
  [
    'M4A as the main file',
    show({
      items: [item({ enclosure: { url: 'https://a.b/c.m4a?x=1', bytes: 1, mimeType: 'audio/x-m4a' } })],
    }),
  ],
  [
    'an address through a counter',
    show({
      items: [
        item({
          enclosure: {
            ...item().enclosure,
            url: 'https://op3.dev/e,pg=9b024349-ccf0-5f69-a609-6b82873eab3c/podcasts.example.org/c.mp3',
          },
        }),
      ],
    }),
  ],
  ['an event without an end', show({ liveItems: [liveItem({ endsAt: undefined })] })],
  [
    'an event that is on',
    show({ liveItems: [liveItem({ status: 'live', startsAt: new Date('2026-11-20T11:55:00Z') })] }),
  ],
  ['no event', show({ liveItems: [] })],
];

test.each(KEPT)('%s passes without a word', (_name, feed, known = facts()) => {
  expect(lintFeed(feed, known)).toEqual([]);
});

test('no rule goes without a case', () => {
  const rules = [
    ...[SHOW_RULES, SAID_RULES, ART_RULES, ITEM_RULES, ITEM_SAID_RULES, ENCLOSURE_RULES, LIVE_RULES].flatMap(
      (list) => list.map(({ id }) => id),
    ),
    ...['duplicate-guid', 'duplicate-enclosure'],
  ];
  expect(new Set(BROKEN.map(([rule]) => rule))).toEqual(new Set(rules));
  expect(new Set(rules).size).toBe(rules.length);
});

describe('the gate', () => {
  const spoilt = item({
    guid: 'spoilt',
    enclosure: { url: 'https://a.b/c.mp3', bytes: 0, mimeType: 'audio/mpeg' },
  });
  test('holds back what is spoilt, and lets the rest go out', () => {
    const gate = gateOf(lintFeed(show({ items: [spoilt, item()] }), facts()));
    expect(gate.show).toEqual([]);
    expect(gate.heldBack).toEqual(new Set(['spoilt']));
  });
  test('stays open for warnings: a loopback host hears of https and publishes all the same', () => {
    const findings = lintFeed(show(), facts({ baseUrl: 'http://127.0.0.1:8080' }));
    expect(findings.map(({ rule }) => rule)).toEqual(['https']);
    expect(gateOf(findings)).toEqual({ show: [], heldBack: new Set() });
  });
  test('closes for a show that no directory would take', () => {
    const { show: blocking } = gateOf(
      lintFeed(show({ language: '?' }), facts({ art: art({ pixelFormat: 'cmyk' }) })),
    );
    expect(blocking.map(({ rule }) => rule)).toEqual(['show-language', 'art-cmyk']);
  });
  test('holds back the younger of two with one file, and neither of two with one guid', () => {
    const twice = gateOf(
      lintFeed(show({ items: [item({ guid: 'young' }), item({ guid: 'old' })] }), facts()),
    );
    expect(twice.heldBack).toEqual(new Set(['young']));
    const same = gateOf(lintFeed(show({ items: [item(), item()] }), facts()));
    expect(same.show.map(({ rule }) => rule)).toEqual(['duplicate-guid']);
  });
});

test('hostile text is found wanting, and nothing worse', () => {
  for (const text of ['\ud800', ']]>', '<b>'.repeat(30_000), '\u202e', '\0', 'x'.repeat(100_000)]) {
    const spoilt = show({
      ...{ title: text, description: text, author: text, language: text, category: text, copyright: text },
      ...{ feedUrl: text, pageUrl: text, imageUrl: text, podcastGuid: text },
      persons: [named(text, text, text)],
      items: [
        item({ title: text, notes: text, guid: text, enclosure: { url: text, bytes: -1, mimeType: text } }),
      ],
      liveItems: [liveItem({ title: text, guid: text })],
    });
    expect(cpuMsOf(() => lintFeed(spoilt, facts({ baseUrl: text })))).toBeLessThan(500);
  }
});
