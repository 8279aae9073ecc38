import { expect, test } from 'vitest';
import { margin, progressBar, tellVerdict } from '../../src/demo/terminal.ts';

test.each([
  [-5, 0, '  0 %'],
  [0, 0, '  0 %'],
  [50, 15, ' 50 %'],
  [100, 30, '100 %'],
  [180, 30, '100 %'],
])('%d percent fills %d cells', (percent, cells, figure) => {
  const bar = progressBar(percent);
  expect(bar.split('█').length - 1).toBe(cells);
  expect(bar.split('░').length - 1).toBe(30 - cells);
  expect(bar.endsWith(figure)).toBe(true);
});

test.each([
  [0, ' 0:00'],
  [61_900, ' 1:01'],
  [600_000, '10:00'],
])('%d ms stand in the margin as %s', (elapsedMs, text) => {
  expect(margin(elapsedMs)).toBe(text);
});

const good = { name: 'feed', ok: true, detail: 'well-formed' };
const bad = { name: 'chapters', ok: false, detail: 'none' };
test.each([
  [[good, good], 0, ['all of it checked out']],
  [[good, bad, good], 1, ['FAILED: chapters: none']],
  [[bad, { ...bad, name: 'M4A' }], 1, ['FAILED: chapters: none', 'FAILED: M4A: none']],
  [[], 1, ['FAILED: nothing was checked']],
])('the verdict on %j is %d', (checks, exitCode, said) => {
  const lines: string[] = [];
  expect(tellVerdict(checks, { say: (line) => lines.push(line) })).toBe(exitCode);
  expect(lines).toEqual(said);
});
