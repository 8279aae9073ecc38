import { expect, test } from 'vitest';
import { forTerminal } from '../../src/cli/terminal-text.ts';

test.each([
  ['“Ünïcode” \t🎙️\nאב', '“Ünïcode” \t🎙️\nאב'],
  ['a\u001b[2Jb\u009b2Jc\rd\u0007', 'a[2Jb2Jcd'],
  ['\u202egnp.exe', 'gnp.exe'],
])('of %j a terminal is given %j', (text, given) => {
  expect(forTerminal(text)).toBe(given);
});
