import { expect, test } from 'vitest';
import { createAlone } from '../../../recorder/session/alone.ts';

test('what one throws keeps no other from its work, and is told once', () => {
  const told: unknown[] = [];
  const alone = createAlone<{ name: string }>(({ name }, cause) => told.push([name, cause]));
  const [one, other] = [{ name: 'one' }, { name: 'other' }];
  const cause = new Error('unforeseen');
  const fail = (): number => {
    throw cause;
  };
  expect([alone(one, fail), alone(other, () => 2), alone(one, fail), alone(one, () => 1)]).toEqual([
    undefined,
    2,
    undefined,
    1,
  ]);
  expect(told).toEqual([['one', cause]]);
});
