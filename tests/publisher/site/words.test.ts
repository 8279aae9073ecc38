import { expect, test } from 'vitest';
import {
  excerptOf,
  longDate,
  megabytes,
  roughDuration,
  usableLanguage,
} from '../../../publisher/site/words.ts';
import { clockTime } from '../../../publisher/feed/dates.ts';

test.each([
  [0, 'en', '1 sec'],
  [42e6, 'en', '42 sec'],
  [754e6, 'en', '13 min'],
  [3600e6, 'en', '1 hr'],
  [4400e6, 'en', '1 hr, 13 min'],
  [3599e6, 'en', '1 hr'],
  [4400e6, 'fr', '1 h et 13 min'],
  [754e6, 'not a language', '13 min'],
])('%i us in %s is %s', (us, language, text) => {
  // Some languages part number and unit by a narrow or an unbreakable space.
  expect(roughDuration(us, language).replace(/\s/g, ' ')).toBe(text);
});

test.each([
  [0, '0:00'],
  [59_999_999, '0:59'],
  [61e6, '1:01'],
  [3723e6, '1:02:03'],
])('%i us is the place %s', (us, text) => {
  expect(clockTime(us)).toBe(text);
});

test('a day is the day of the place, in the language of the show', () => {
  const moment = new Date('2026-11-18T23:30:00Z');
  expect(longDate(moment, 'en', 'UTC')).toBe('November 18, 2026');
  expect(longDate(moment, 'nl', 'Europe/Brussels')).toBe('19 november 2026');
});

test.each([
  ['en-us', 'en-US'],
  ['fr', 'fr'],
  ['', 'en'],
  ['english please', 'en'],
])('the language %j is %s', (given, language) => {
  expect(usableLanguage(given)).toBe(language);
});

test.each([
  [12_000, '12 kB'],
  [6_032_111, '6 MB'],
  [1_550_000, '1.6 MB'],
  [123_456_789, '123 MB'],
])('%i bytes is %s', (bytes, text) => {
  expect(megabytes(bytes)).toBe(text);
});

test.each([
  ['One.\nTwo.\n\nThree.', 20, 'One. Two.'],
  ['words that go on and on', 12, 'words that…'],
  ['🎙️'.repeat(50), 4, '🎙️🎙️…'],
])('the excerpt of %j', (text, max, excerpt) => {
  expect(excerptOf(text, max)).toBe(excerpt);
});

test('of notes in HTML, as other hosts have them, an excerpt is their words', () => {
  expect(excerptOf('<p>Ada &amp; Bo <b>talk</b>.<br>Then &lt;sing&gt;.</p><p>Later</p>')).toBe(
    'Ada & Bo talk. Then <sing>.',
  );
  expect(excerptOf('<ul><li>One</li><li>Two</li></ul>')).toBe('One');
  expect(excerptOf('1 < 2, and <3')).toBe('1 < 2, and <3');
});
