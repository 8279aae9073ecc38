import { describe, expect, test } from 'vitest';
import {
  cutToBytes,
  MAX_DESCRIPTION_BYTES,
  notesToHtml,
  notesToShortHtml,
} from '../../../publisher/feed/notes.ts';
import { cpuMsOf } from './cpu-time.ts';
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

describe('notes that are HTML', () => {
  test.each([
    ['<p>One <b>two</b></p>', '<p>One <b>two</b></p>'],
    ['one<br>two', 'one<br />two'],
    ['<ul><li>a<li>b</ul>', '<ul><li>a</li><li>b</li></ul>'],
    ['<div><h2>Title</h2><p>Text</p></div>', '<p>Title</p><p>Text</p>'],
    ['<p onclick="x()" style="color:red">a</p>', '<p>a</p>'],
    ['<p>a<script>alert(1)</script><style>p{}</style><img src=x onerror=y>b</p>', '<p>ab</p>'],
    [
      '<p><a href="https://example.org/?a=1&b=2" target="_blank">x</a></p>',
      `<p><a href="https://example.org/?a=1&amp;b=2" rel="nofollow">x</a></p>`,
    ],
    ['<p><a href="javascript:alert(1)">x</a></p>', '<p><a rel="nofollow">x</a></p>'],
    ['<p><a href="/relative">x</a></p>', '<p><a>x</a></p>'],
    ['<p><a href="//example.org">x</a></p>', '<p><a>x</a></p>'],
    ['<p>unclosed <b>bold</p>', '<p>unclosed <b>bold</b></p>'],
    ['<p>\u202eevil</p>', '<p>evil</p>'],
  ])('%j', async (notes, html) => {
    expect(notesToHtml(notes)).toBe(html);
    expect(await faultsOf(`<a>${html}</a>`)).toEqual([]);
  });

  test.each([
    ['the name of a tag in a sentence', 'use <b> for bold'],
    ['a comparison', 'a <b and c> d'],
    ['what no app knows', '<marquee>x</marquee>'],
    ['deeper than 20', `${'<b>'.repeat(21)}x${'</b>'.repeat(21)}`],
    ['deep and hidden in attributes', `${'<b title="<">'.repeat(50)}x</b>`],
  ])('%s is text', (_name, notes) => {
    expect(notesToHtml(notes)).toMatch(/^<p>.*&lt;.*<\/p>$/);
  });

  test('twenty deep is HTML still, and ten thousand characters are all that is looked at', () => {
    expect(notesToHtml(`${'<b>'.repeat(20)}x${'</b>'.repeat(20)}`)).toMatch(/^<b>/);
    expect(notesToHtml(`<p>${'x'.repeat(20_000)}</p><p>end</p>`).length).toBeLessThan(10_100);
  });

  test.each([
    ['nested lists', '<ul><li>x</li>'.repeat(50_000)],
    ['nested markup', '<b><i>'.repeat(80_000)],
    ['openings without end', '<a <a <a '.repeat(50_000)],
    ['attributes without end', `<a href="${'x'.repeat(500_000)}`],
    ['closings', `<p>x</p>${'</b>'.repeat(120_000)}`],
    ['entities', `<p>${'&amp;'.repeat(100_000)}</p>`],
  ])('500 kB of %s cost little and stay well-formed', async (_name, notes) => {
    const both = () => [notesToHtml(notes), notesToShortHtml(notes)] as const;
    expect(cpuMsOf(both)).toBeLessThan(250);
    const [html, short] = both();
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(MAX_DESCRIPTION_BYTES);
    expect(await faultsOf(`<a>${html}${short}</a>`)).toEqual([]);
  });

  test('a short form closes what it cut, and leaves no part of a link', async () => {
    const list = `<ul>${'<li>one <b>two</b> 🎙 &amp; three</li>'.repeat(300)}</ul>`;
    const link = `<p>${'x'.repeat(3900)} <a href="https://example.org/">${'y'.repeat(200)}</a></p>`;
    for (const notes of [list, link]) {
      const html = notesToShortHtml(notes);
      expect(Buffer.byteLength(html)).toBeLessThanOrEqual(MAX_DESCRIPTION_BYTES);
      expect(Buffer.byteLength(html)).toBeGreaterThan(3800);
      expect(await faultsOf(`<a>${html}</a>`)).toEqual([]);
      expect(html).not.toMatch(/<a|y…/);
    }
    const cuts = Array.from({ length: 180 }, (_, more) => notesToShortHtml(list, 20 + more));
    cuts.forEach((html, more) => expect(Buffer.byteLength(html)).toBeLessThanOrEqual(20 + more));
    expect(await faultsOf(`<a>${cuts.map((html) => `<cut>${html}</cut>`).join('')}</a>`)).toEqual([]);
  });
});
