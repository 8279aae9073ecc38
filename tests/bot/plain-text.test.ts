import { expect, test } from 'vitest';
import { cut, plain } from '../../src/bot/plain-text.ts';

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
