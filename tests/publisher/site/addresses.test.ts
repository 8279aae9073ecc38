import { expect, test } from 'vitest';
import { addressOf, hrefBetween } from '../../../publisher/site/addresses.ts';

test.each([
  ['shows/a/index.html', 'https://x.org/shows/a/'],
  ['index.html', 'https://x.org/'],
  ['shows/a/feed.xml', 'https://x.org/shows/a/feed.xml'],
  ['shows/é b/feed.xml', 'https://x.org/shows/%C3%A9%20b/feed.xml'],
])('the address of %s', (key, address) => {
  expect(addressOf('https://x.org', key)).toBe(address);
});

test.each([
  ['index.html', 'shows/a/index.html'],
  ['index.html', 'index.html'],
  ['shows/a/index.html', 'index.html'],
  ['shows/a/index.html', 'shows/a/index.html'],
  ['shows/a/index.html', 'shows/a/feed.xml'],
  ['shows/a/index.html', 'shows/a/episodes/b/index.html'],
  ['shows/a/episodes/b/index.html', 'shows/a/index.html'],
  ['shows/a/episodes/b/index.html', 'media/1/2/3.mp3'],
  ['shows/a/episodes/b/index.html', 'shows/a/episodes/c:d é/index.html'],
  ['shows/a/episodes/b/index.html', 'assets/styles.0123.css'],
])('a link on %s to %s leads there, in any folder', (from, to) => {
  for (const base of ['https://x.org', 'https://x.org/pod/casts'])
    expect(new URL(hrefBetween(from, to), addressOf(base, from)).href).toBe(addressOf(base, to));
});
