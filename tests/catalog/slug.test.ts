import { expect, test } from 'vitest';
import { firstFree, isSlug, slugify } from '../../src/catalog/slug.ts';

test.each([
  ['Tech Talk #12', 'tech-talk-12'],
  ['  Café  Ünïcode  ', 'cafe-unicode'],
  ['Straße & Smørrebrød', 'strasse-smorrebrod'],
  ["What's next?", 'whats-next'],
  ['ﬁne ½ ２０２６', 'fine-1-2-2026'],
  ['東京 meetup 🎙️', 'meetup'],
  ['東京', 'fallback'],
  ['🎙️', 'fallback'],
  ['../../etc/passwd', 'etc-passwd'],
  ['a\0b\ud800c', 'a-b-c'],
  ['', 'fallback'],
  ['word '.repeat(30), 'word-word-word-word-word-word-word-word-word-word-word-word'],
  ['x'.repeat(100), 'x'.repeat(60)],
])('%j becomes %j', (name, slug) => {
  expect(slugify(name, 'fallback')).toBe(slug);
  expect(isSlug(slug)).toBe(true);
});

test('the first free number is taken', () => {
  expect(firstFree('talk', new Set())).toBe('talk');
  expect(firstFree('talk', new Set(['talk']))).toBe('talk-2');
  expect(firstFree('talk', new Set(['talk', 'talk-2', 'talk-4']))).toBe('talk-3');
});

test.each(['', '-a', 'a-', 'a--b', 'A', 'a/b', 'é', 'a\0'])('%j is no slug', (text) => {
  expect(isSlug(text)).toBe(false);
});
