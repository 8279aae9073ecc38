import { describe, expect, test } from 'vitest';
import { cdata, clean, cleanLine, element, escapeXml, parent } from '../../../publisher/feed/xml.ts';
import { faultsOf } from './well-formed.ts';

test.each([
  ['plain', 'plain'],
  ['bell \u0007 nul \0 escape \u001b', 'bell  nul  escape '],
  ['tab\tline\nreturn\r', 'tab\tline\nreturn\r'],
  ['not a character \ufffe\uffff', 'not a character '],
  ['half \ud83c emoji', 'half \ufffd emoji'],
  ['whole 🎙️ emoji', 'whole 🎙️ emoji'],
])('clean %j', (text, expected) => {
  expect(clean(text)).toBe(expected);
});

test.each([
  ['  two\n lines\t', 255, 'two lines'],
  ['exactly', 7, 'exactly'],
  ['one more', 7, 'one mo…'],
  ['🎙️🎙️🎙️', 5, '🎙️🎙️…'],
])('cleanLine %j to %i', (text, max, expected) => {
  expect(cleanLine(text, max)).toBe(expected);
});

test('escaping covers content and attributes in either kind of quotes', () => {
  expect(escapeXml(`<a href="x" title='y'>&amp;`)).toBe(
    '&lt;a href=&quot;x&quot; title=&apos;y&apos;&gt;&amp;amp;',
  );
  expect(element('a', 'x < y', { b: '"&', c: undefined, d: 0 })).toBe(
    '<a b="&quot;&amp;" d="0">x &lt; y</a>',
  );
  expect(element('a', '')).toBe('<a></a>');
  expect(element('a')).toBe('<a/>');
});

test('each character alone is as it would be among others that need work', () => {
  for (let code = 0; code <= 0xffff; code += 1) {
    const character = String.fromCharCode(code);
    expect(escapeXml(`&${character}`)).toBe(`&amp;${escapeXml(character)}`);
  }
});

describe('what xmllint says', () => {
  const hostile = ['\u0007', ']]>', '<b>', '&', '\ud800', '\ufffe', '"\'', '<![CDATA[', ']]]]>>'].join(' ');
  test('of hostile text in every place', async () => {
    const document = parent('a', [element('b', hostile, { c: hostile }), parent('d', [cdata(hostile)])]);
    expect(await faultsOf(document)).toEqual([]);
  });
  test('of a document that really is broken', async () => {
    expect(await faultsOf('<a>\u0007</a>')).not.toEqual([]);
    expect(await faultsOf('<a><![CDATA[x]]>]]></a>')).not.toEqual([]);
  });
});
