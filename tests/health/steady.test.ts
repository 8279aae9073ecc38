import { expect, test } from 'vitest';
import { createSteady } from '../../src/health/steady.ts';

const looks = (steady: ReturnType<typeof createSteady>, ...seen: string[]) =>
  seen.map((names) =>
    steady(names.split('').map((name) => ({ name, said: `${name}!` })))
      .map(({ name }) => name)
      .join(''),
  );

test.each<[seen: string[], lasting: string[]]>([
  [
    ['a', '', ''],
    ['', '', ''],
  ],
  [
    ['a', 'a', 'a'],
    ['', 'a', 'a'],
  ],
  // Seen once and again later is twice once.
  [
    ['a', '', 'a', '', 'a'],
    ['', '', '', '', ''],
  ],
  // Not seen once is not over; not seen twice is.
  [
    ['a', 'a', '', 'a', '', '', 'a'],
    ['', 'a', 'a', 'a', 'a', '', ''],
  ],
  [
    ['ab', 'b', 'ab', 'a'],
    ['', 'b', 'b', 'ba'],
  ],
])('of looks %j lasts %j', (seen, lasting) => {
  expect(looks(createSteady(), ...seen)).toEqual(lasting);
});

test('what lasted before the process began anew goes on, and says what is said now', () => {
  const steady = createSteady([{ name: 'a', said: 'of before' }]);
  expect(steady([])).toEqual([{ name: 'a', said: 'of before' }]);
  expect(steady([{ name: 'a', said: 'now' }])).toEqual([{ name: 'a', said: 'now' }]);
  expect(looks(createSteady([{ name: 'a', said: '' }]), '', '')).toEqual(['a', '']);
});
