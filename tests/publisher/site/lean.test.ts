import { readFile } from 'node:fs/promises';
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { leanPage, leanScript, leanStyles } from '../../../publisher/site/lean.ts';

const template = (name: string) =>
  readFile(new URL(`../../../templates/pages/${name}`, import.meta.url), 'utf8');

test('styles lose comments and indentation, and no rule', async () => {
  expect(leanStyles('/* a\n{ */\na {\n  color: red;\n}\n@media (x) {\n  b {\n    c: d;\n  }\n}\n')).toBe(
    'a {\ncolor: red;}\n@media (x) {\nb {\nc: d;}}\n',
  );
  const css = await template('styles.css');
  const rules = (text: string) =>
    text
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .match(/[{};]/g)
      ?.join('');
  expect(rules(leanStyles(css))).toBe(rules(css));
});

test.each(['player.js', 'transcript.js'])(
  '%s loses comments and indentation, and no statement',
  async (name) => {
    const script = await template(name);
    const lean = leanScript(script);
    expect(lean).not.toMatch(/^\s*\/[/*]/m);
    const bare = (text: string) => text.replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*)$/gm, '').replace(/\s+/g, '');
    expect(bare(lean)).toBe(bare(script));
    expect(() => new Script(lean)).not.toThrow();
  },
);

test('pages lose no words', () => {
  expect(leanPage('<p>\n      One\n      <b>two</b> three\n  </p>')).toBe('<p>\nOne\n<b>two</b> three\n</p>');
});
