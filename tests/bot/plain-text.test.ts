import { expect, test } from 'vitest';
import { markerName } from '../../src/bot/commands/record/marker.ts';
import { wordingFor } from '../../src/bot/user-error.ts';
import { en } from '../../templates/messages/en.ts';
import { cut, oneLine, plain } from '../../src/bot/plain-text.ts';

test.each([
  ['Night talk', 'Night talk'],
  [
    '**bold** _it_ ~~no~~ ||spoiler|| `code`',
    '\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~ \\|\\|spoiler\\|\\| \\`code\\`',
  ],
  ['<@123> <#4> <t:0:R>', '\\<@123> \\<#4> \\<t:0:R>'],
  ['[here](https://evil.example)', '\\[here](https://evil.example)'],
  ['two\nlines\r\nand\ta tab', 'two lines and a tab'],
  ['a\u202eb\u2066c', 'a b c'],
  ['שלום עולם', 'שלום עולם'],
  ['👩‍👩‍👧 family', '👩‍👩‍👧 family'],
  ['', ''],
])('%j reads %j', (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test.each([
  ['short', 10, 'short'],
  ['exactly ten', 11, 'exactly ten'],
  ['one too many', 11, 'one too ma…'],
  ['abcde👩‍👩‍👧', 10, 'abcde…'],
])('%j cut to %i is %j', (text, most, expected) => {
  expect(cut(text, most)).toBe(expected);
  expect(cut(text, most).length).toBeLessThanOrEqual(most);
});

test('a hundred thousand characters are cut before they are looked at', () => {
  expect(plain('*'.repeat(100_000)).length).toBeLessThanOrEqual(200);
});

test.each([
  ['  First\r\n\u2028 question\t', 'First question'],
  ['a\u0000b\u202ec', 'a b c'],
  ['👩‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿', '👩‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
  [' \n\u200b\u2800\u3164\ufeff\u00ad', ''],
])('%j on one line is %j', (text, expected) => {
  expect(oneLine(text)).toBe(expected);
});

test('a marker’s name is a line that shows and fits', () => {
  expect(markerName(` ${'x'.repeat(100)}\n`)).toBe('x'.repeat(100));
  const refusal = (typed: string) => {
    try {
      return markerName(typed);
    } catch (error) {
      return wordingFor(error)?.(en);
    }
  };
  expect(refusal(' \n ')).toBe(en.errors.markerEmpty);
  expect(refusal('x'.repeat(101))).toBe(en.errors.markerLong(101, 100));
});
