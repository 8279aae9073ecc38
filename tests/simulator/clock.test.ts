/** The simulation clocks: order, cancelling, and catching up. */
import { expect, test } from 'vitest';
import { manualClock, realClock } from '../../src/simulator/clock.ts';

test('a manual clock runs timers in order, each at its own time, those set meanwhile too', async () => {
  const clock = manualClock(1_000);
  const ran: [string, number][] = [];
  const note = (name: string) => (): void => {
    ran.push([name, clock.nowUs()]);
  };
  clock.at(1_300, note('third'));
  clock.at(1_100, () => {
    note('first')();
    clock.at(1_200, note('second'));
  });
  clock.at(1_300, note('fourth'));
  clock.at(500, note('overdue'));
  clock.at(9_000, note('later'));
  expect(ran).toEqual([]);
  await clock.advance(400);
  expect(ran).toEqual([
    ['overdue', 1_000],
    ['first', 1_100],
    ['second', 1_200],
    ['third', 1_300],
    ['fourth', 1_300],
  ]);
  expect(clock.nowUs()).toBe(1_400);
});

test('a manual clock awaits what a timer started before it runs the next', async () => {
  const clock = manualClock();
  const ran: string[] = [];
  clock.at(1, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    ran.push('slow');
  });
  clock.at(2, () => {
    ran.push('quick');
  });
  await clock.advance(2);
  expect(ran).toEqual(['slow', 'quick']);
});

test('a cancelled timer does not run', async () => {
  const clock = manualClock();
  const ran: string[] = [];
  const cancel = clock.at(1, () => {
    ran.push('cancelled');
  });
  clock.at(1, () => {
    ran.push('kept');
  });
  cancel();
  await clock.advance(1);
  expect(ran).toEqual(['kept']);
});

test('a real clock keeps a chain of deadlines without drift through a stall', async () => {
  const clock = realClock();
  const startUs = clock.nowUs();
  const ranUs: number[] = [];
  await new Promise<void>((resolve) => {
    const step = (count: number): void => {
      ranUs.push(clock.nowUs() - startUs);
      if (count === 4) {
        const untilMs = Date.now() + 60;
        while (Date.now() < untilMs);
      }
      if (count === 10) resolve();
      else
        clock.at(startUs + (count + 1) * 10_000, () => {
          step(count + 1);
        });
    };
    step(0);
  });
  // No deadline runs early, and after the 60 ms stall the missed ones run at once instead of 10 ms apart.
  expect(ranUs.every((us, index) => us >= index * 10_000)).toBe(true);
  expect(ranUs[9]! - ranUs[5]!).toBeLessThan(20_000);
  clock.close();
});

test('a closed real clock runs nothing any more', async () => {
  const clock = realClock();
  let ran = false;
  clock.at(clock.nowUs() + 1_000, () => {
    ran = true;
  });
  clock.close();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(ran).toBe(false);
});
