/** Work that is done so many pieces at a time. */

/** Answers in the order of the items. The first failure rejects after what runs beside it has ended. */
export async function inPool<Item, Answer>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(items.length);
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < items.length && !failed) {
      const index = next;
      next += 1;
      try {
        answers[index] = await work(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
  return answers;
}

/** Does what it is given at once while less than `width` is under way, and else in its turn. */
export interface Turns {
  <Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** Another width from now on; what is under way goes on. */
  allow: (width: number) => void;
}

export function inTurns(width: number): Turns {
  const waiting: (() => void)[] = [];
  let allowed = width;
  let underWay = 0;
  const wake = () => {
    while (underWay < allowed && waiting.length > 0) {
      underWay += 1;
      waiting.shift()!();
    }
  };
  const take = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    await new Promise<void>((turn) => {
      waiting.push(turn);
      wake();
    });
    try {
      return await work();
    } finally {
      underWay -= 1;
      wake();
    }
  };
  return Object.assign(take, {
    allow(next: number) {
      allowed = next;
      wake();
    },
  });
}
