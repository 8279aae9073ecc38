import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { atLeast, atMost, below, mustsLine, reportMusts } from '../../bench/support/musts.ts';
import { formatTable, rounded } from '../../bench/support/table.ts';

test('columns line up, numbers to the right', () => {
  expect(
    formatTable(
      ['who', 'ms'],
      [
        ['Ada', 1.5],
        ['Grace', 12],
      ],
    ),
  ).toBe(['who     ms', '-----  ---', 'Ada    1.5', 'Grace   12'].join('\n'));
});

test.each([
  [1.005, 2, 1],
  [1.256, 2, 1.26],
  [-0.04, 1, -0],
  [17.5, 0, 18],
])('%d to %i decimals is %d', (value, digits, expected) => {
  expect(rounded(value, digits)).toBe(expected);
});

test.each([
  [below('x', 1, 2), true],
  [below('x', 2, 2), false],
  [atMost('x', 2, 2), true],
  [atMost('x', 3, 2), false],
  [atLeast('x', 2, 2), true],
  [atLeast('x', 1, 2), false],
  [below('x', NaN, 2), false],
  [atMost('x', NaN, 2), false],
  [atLeast('x', NaN, 2), false],
])('%o', ({ ok }, held) => {
  expect(ok).toBe(held);
});

test('the last line is JSON for machines', () => {
  expect(JSON.parse(mustsLine('alignment', [below('sd, ms', 0.5, 1)]))).toEqual({
    bench: 'alignment',
    musts: [{ name: 'sd, ms', value: 0.5, limit: 1, ok: true }],
  });
});

describe('the exit code', () => {
  const said: unknown[] = [];
  beforeEach(() => {
    said.length = 0;
    vi.spyOn(console, 'log').mockImplementation((line) => void said.push(line));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  test.each([
    ['all held', [below('x', 1, 2)], undefined],
    ['one missed', [below('x', 1, 2), below('y', 3, 2)], 1],
    ['nothing measured', [], 1],
  ])('%s', (_, musts, code) => {
    reportMusts('some', musts);
    expect(process.exitCode).toBe(code);
    expect(said.at(-1)).toBe(mustsLine('some', musts));
  });
});
