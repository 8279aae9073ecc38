import { expect, test } from 'vitest';
import { EPISODES_A_PAGE, shelvesOf } from '../../../publisher/site/views.ts';

const episodes = (count: number) => Array.from({ length: count }, (_, index) => count - index);

test.each([0, 1, 14, 15, 29, 30, 31, 44, 45, 5000])('all of %i episodes stand on a page, once', (count) => {
  const { newest, archive } = shelvesOf(episodes(count));
  expect([...newest, ...archive.toReversed().flat()]).toEqual(episodes(count));
  expect(newest.length).toBeLessThan(2 * EPISODES_A_PAGE);
  expect(newest.length).toBeGreaterThanOrEqual(Math.min(count, EPISODES_A_PAGE));
  for (const page of archive) expect(page).toHaveLength(EPISODES_A_PAGE);
});

test('a new episode moves none that stands on a page of older ones', () => {
  for (let count = 0; count < 100; count += 1) {
    const [before, after] = [shelvesOf(episodes(count)).archive, shelvesOf(episodes(count + 1)).archive];
    expect(after.slice(0, before.length)).toEqual(before);
  }
});
