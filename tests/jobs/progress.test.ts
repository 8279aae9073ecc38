import { afterEach, expect, test, vi } from 'vitest';
import type { WorkEvent } from '../../src/catalog/index.ts';
import { estimateLeftMs } from '../../src/jobs/estimate.ts';
import { atMostEvery, progressTeller } from '../../src/jobs/progress.ts';
import { quietLogger } from '../catalog/support/test-catalog.ts';

test('progress is told at once, and then once a second', () => {
  let nowMs = 0;
  const told: number[] = [];
  const progress = atMostEvery<number>(
    1000,
    (percent) => told.push(percent),
    () => nowMs,
  );
  for (let percent = 0; percent <= 100; percent += 1) {
    progress(percent);
    nowMs += 100;
  }
  expect(told).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
});

/** A percent every so often, from `fromMs` on. */
const steady = (msPerPercent: number, upTo: number, { fromMs = 0, from = 0 } = {}) =>
  Array.from({ length: upTo - from + 1 }, (_, index) => ({
    atMs: fromMs + index * msPerPercent,
    percent: from + index,
  }));

test.each([
  ['nothing told yet', [], 10_000, undefined],
  ['the first seconds', steady(100, 20), 2_000, undefined],
  ['the first percents', steady(2_000, 2), 4_000, undefined],
  ['a steady pace', steady(1_000, 40), 40_000, 60_000],
  [
    'a pace that doubled: by the later half',
    [...steady(1_000, 30), ...steady(500, 90, { fromMs: 30_500, from: 31 })],
    60_000,
    5_000,
  ],
  ['a percent that takes its time moves the end away', steady(1_000, 50), 75_000, 146_000],
])('what is left: %s', (_, points, nowMs, expected) => {
  const left = estimateLeftMs(points, nowMs);
  if (expected === undefined) expect(left).toBeUndefined();
  else expect(Math.abs(left! - expected) / expected).toBeLessThan(0.1);
});

test('a render of 30 s: watchers here hear it each second, the catalog every five', () => {
  let nowMs = 0;
  const here: WorkEvent[] = [];
  const elsewhere: WorkEvent[] = [];
  const progress = progressTeller({
    catalog: {
      tellHere: (event) => void here.push(event),
      tellElsewhere: (event) => Promise.resolve(void elsewhere.push(event)),
    },
    eventOf: (each) => ({
      ...{ type: 'export', guildId: '1', sessionId: '2', exportId: '3', state: 'making' },
      ...each,
    }),
    logger: quietLogger,
    nowMs: () => nowMs,
  });
  for (; nowMs <= 30_000; nowMs += 100) progress(nowMs / 300);
  expect(here.map(({ percent }) => percent)).toEqual(
    Array.from({ length: 31 }, (_, second) => Math.floor((second * 1000) / 300)),
  );
  expect(elsewhere.map(({ percent }) => percent)).toEqual([0, 16, 33, 50, 66, 83, 100]);
  expect(here[0]).not.toHaveProperty('leftMs');
  expect(here[20]!.leftMs! / 1000).toBeCloseTo(10, 0);
});

afterEach(() => void vi.useRealTimers());

test('where nothing new is heard, what is known is told each second, and no more once the work is over', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const here: { atMs: number; percent: number; leftMs?: number }[] = [];
  const progress = progressTeller({
    catalog: {
      tellHere: (event) => void here.push({ atMs: performance.now(), ...(event as { percent: number }) }),
      tellElsewhere: () => Promise.resolve(),
    },
    eventOf: (each) => ({
      ...{ type: 'export', guildId: '1', sessionId: '2', exportId: '3', state: 'making' },
      ...each,
    }),
    logger: quietLogger,
  });
  for (let percent = 0; percent <= 40; percent += 1) {
    progress(percent);
    vi.advanceTimersByTime(110);
  }
  // The last one fell into a second that had been told of.
  expect(here.at(-1)!.percent).toBeLessThan(40);
  const before = here.length;
  vi.advanceTimersByTime(10_000);
  const beats = here.slice(before);
  expect(beats.length).toBeGreaterThanOrEqual(9);
  expect(new Set(beats.map(({ percent }) => percent))).toEqual(new Set([40]));
  for (const [index, { atMs, leftMs }] of beats.entries()) {
    const last = here[before + index - 1]!;
    expect(atMs - last.atMs).toBeLessThan(1_100);
    // The longer it stands still, the further off its end is.
    if (index > 0) expect(leftMs!).toBeGreaterThan(last.leftMs!);
  }
  progress.end();
  vi.advanceTimersByTime(5_000);
  expect(here).toHaveLength(before + beats.length);
});
