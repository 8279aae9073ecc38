import { expect, test } from 'vitest';
import {
  cutToBytes,
  MAX_DESCRIPTION_BYTES,
  notesToHtml,
  notesToShortHtml,
} from '../../../publisher/feed/notes.ts';
import { faultsOf } from './well-formed.ts';

const link = (address: string) => `<a href="${address}" rel="nofollow">${address}</a>`;

test.each([
  ['', ''],
  ['  \n\n ', ''],
  ['one', '<p>one</p>'],
  ['one\ntwo\r\nthree', '<p>one<br/>two<br/>three</p>'],
  ['one\n\n\ntwo', '<p>one</p><p>two</p>'],
  ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
  ['see https://example.org/a?b=c.', `<p>see ${link('https://example.org/a?b=c')}.</p>`],
  ['(http://example.org)', `<p>(${link('http://example.org')})</p>`],
  ['https://example.org/?a=1&b="x"', `<p>${link('https://example.org/?a=1&amp;b=')}&quot;x&quot;</p>`],
  ['javascript:alert(1)', '<p>javascript:alert(1)</p>'],
  ['https://[broken', '<p>https://[broken</p>'],
  ['bell\u0007', '<p>bell</p>'],
])('%j', (notes, html) => {
  expect(notesToHtml(notes)).toBe(html);
});

test.each([
  ['words', 'ünd '.repeat(3000)],
  ['one long word', 'ü'.repeat(9000)],
  ['what escapes into much', '&'.repeat(9000)],
  ['emoji', '👩‍🚀'.repeat(2000)],
  ['many paragraphs', 'a\n\n'.repeat(3000)],
  ['addresses', 'https://example.org/a-long-path/to/somewhere '.repeat(200)],
  ['a hundred thousand characters', 'x'.repeat(100_000)],
])('short notes of %s stay within the limit and whole', async (_name, notes) => {
  const html = notesToShortHtml(notes);
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(MAX_DESCRIPTION_BYTES);
  expect(Buffer.byteLength(html)).toBeGreaterThan(MAX_DESCRIPTION_BYTES / 2);
  expect(html.isWellFormed()).toBe(true);
  expect(await faultsOf(`<a>${html}</a>`)).toEqual([]);
  for (const [, address] of html.matchAll(/href="([^"]*)"/g))
    expect(address).toBe('https://example.org/a-long-path/to/somewhere');
});

test('short notes that fit are left alone', () => {
  expect(notesToShortHtml('one\n\ntwo')).toBe(notesToHtml('one\n\ntwo'));
});

test.each([
  ['short', 10, 'short'],
  ['éééééé', 9, 'ééé…'],
  ['🎙🎙🎙', 8, '🎙…'],
])('%j cut to %i bytes', (text, maxBytes, expected) => {
  expect(cutToBytes(text, maxBytes)).toBe(expected);
});
