import { describe, expect, test } from 'vitest';
import {
  addressOf,
  episodePageKey,
  feedKey,
  hrefBetween,
  showPageKey,
} from '../../../publisher/site/addresses.ts';
import { hostOf, onOwnDomain, pageAddress } from '../../../publisher/site/own-domain.ts';

test.each([
  ['stage.example', 'stage.example'],
  ['Stage.Example:8080', 'stage.example'],
  ['stage.example.', 'stage.example'],
  ['xn--bhne-0ra.example', 'xn--bhne-0ra.example'],
  ['', undefined],
  ['.', undefined],
  [undefined, undefined],
  ['[::1]:80', undefined],
  ['stage.example/x', undefined],
  ['stage.example@evil.example', undefined],
  ['a'.repeat(300), undefined],
])('the host header %s names %s', (header, host) => {
  expect(hostOf(header)).toBe(host);
});

test.each([
  ['/', { path: '/shows/stage/' }],
  ['/feed.xml', { path: '/shows/stage/feed.xml' }],
  ['/sitemap.xml', { path: '/shows/stage/sitemap.xml' }],
  ['/upcoming/', { path: '/shows/stage/upcoming/' }],
  ['/episodes/one/', { path: '/shows/stage/episodes/one/' }],
  ['/media/1/2.mp3', { path: '/media/1/2.mp3' }],
  ['/assets/styles.css', { path: '/assets/styles.css' }],
  ['/robots.txt', { path: '/robots.txt' }],
  ['/oembed', { path: '/oembed' }],
  ['/mediax', { path: '/shows/stage/mediax' }],
  ['/shows/stage', { movedTo: '/' }],
  ['/shows/stage/', { movedTo: '/' }],
  ['/shows/stage/episodes/one/', { movedTo: '/episodes/one/' }],
  ['/shows/stage//evil.example/', { movedTo: '/evil.example/' }],
  ['/shows/stage-two/', { elsewhere: true }],
  ['/shows/other/feed.xml', { elsewhere: true }],
])('%s on a host of the show’s own', (pathname, answer) => {
  expect(onOwnDomain('stage', pathname)).toEqual(answer);
});

describe('addresses', () => {
  const site = { baseUrl: 'https://pods.example', slug: 'stage', domain: 'stage.example' };
  test('pages are known under the show’s own host, everything else where it always was', () => {
    expect(pageAddress(site, showPageKey('stage'))).toBe('https://stage.example/');
    expect(pageAddress(site, episodePageKey('stage', 'é'))).toBe('https://stage.example/episodes/%C3%A9/');
    expect(pageAddress(site, 'media/a.mp3')).toBe('https://pods.example/media/a.mp3');
    expect(pageAddress(site, showPageKey('stage-two'))).toBe('https://pods.example/shows/stage-two/');
    const without = { ...site, domain: undefined };
    expect(pageAddress(without, showPageKey('stage'))).toBe('https://pods.example/shows/stage/');
  });

  test('the relative links of stored pages lead to the same things there', () => {
    const [show, episode] = [showPageKey('stage'), episodePageKey('stage', 'one')];
    for (const [from, to] of [
      [show, episode],
      [episode, show],
      [show, feedKey('stage')],
      [show, 'media/1/2.mp3'],
      [episode, 'media/1/2.mp3'],
      [episode, 'assets/styles.css'],
    ] as const) {
      const there = new URL(hrefBetween(from, to), pageAddress(site, from));
      const answer = onOwnDomain('stage', there.pathname);
      expect([to, there.host, answer]).toEqual([
        to,
        'stage.example',
        { path: new URL(addressOf('https://x', to)).pathname },
      ]);
    }
  });
});
