import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchForStall } from '../../src/mastering/stall-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const progress = (size: string, time: string, speed: string) =>
  `size=  ${size} time=${time} bitrate=  64.2kbits/s speed=${speed}`;

test('what gets further lives; a line that says the same with another speed is no sign of life', () => {
  const onStall = vi.fn();
  const watch = watchForStall(1_000, onStall);
  for (const [size, time] of [
    ['0kB', '00:00:01.00'],
    ['0kB', '00:00:02.00'],
    // The end of an M4A: bytes move while the time stands.
    ['9kB', '00:00:02.00'],
  ] as const) {
    vi.advanceTimersByTime(900);
    watch.see(progress(size, time, '1x'));
  }
  vi.advanceTimersByTime(900);
  watch.see(progress('9kB', '00:00:02.00', '0.9x'));
  expect(onStall).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(onStall).toHaveBeenCalledOnce();
});

test('what has ended is not watched any more', () => {
  const onStall = vi.fn();
  watchForStall(1_000, onStall).end();
  vi.advanceTimersByTime(5_000);
  expect(onStall).not.toHaveBeenCalled();
});
