import { expect, test } from 'vitest';
import { inTurns } from '../../src/mastering/pool.ts';

test.each([1, 2, 7])(
  'of seven pieces of work never more than %i are under way, and all are done',
  async (width) => {
    const inTurn = inTurns(width);
    let [underWay, most] = [0, 0];
    const work = (number: number) => async () => {
      most = Math.max(most, (underWay += 1));
      await new Promise(setImmediate);
      underWay -= 1;
      if (number === 3) throw new Error('the fourth fails');
      return number;
    };
    const ended = await Promise.allSettled(Array.from({ length: 7 }, (_, number) => inTurn(work(number))));
    expect(most).toBe(width);
    expect(ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))).toEqual([
      0, 1, 2, 4, 5, 6,
    ]);
    expect(await inTurn(work(8))).toBe(8);
  },
);
