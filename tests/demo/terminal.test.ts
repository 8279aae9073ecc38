import { expect, test } from 'vitest';
import { margin, progressBar } from '../../src/demo/terminal.ts';

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
