import { expect, test } from 'vitest';
import { ClockLine } from '../../../recorder/timeline/clock-line.ts';
import { seededRandom } from '../support/network.ts';

/** A line fed with packets every 20 ms in the given stretches of RTP time (seconds). */
function feed(
  stretches: readonly [number, number][],
  driftPpm: number,
  jitterUs: number,
  extraUs: (second: number) => number = () => 0,
) {
  const random = seededRandom(3);
  let line: ClockLine | undefined;
  for (const [from, to] of stretches) {
    for (let us = from * 1e6; us < to * 1e6; us += 20_000) {
      const arrivalUs = us * (1 + driftPpm * 1e-6) + extraUs(us / 1e6) - Math.log(1 - random()) * jitterUs;
      line ??= new ClockLine(us, arrivalUs);
      line.observe(us, arrivalUs);
    }
  }
  return line!;
}

test.each([-100, -60, 0, 60, 100])('learns a drift of %i ppm under 5 ms of jitter', (driftPpm) => {
  const line = feed([[0, 120]], driftPpm, 5000);
  expect(Math.abs(line.drift * 1e6 - driftPpm)).toBeLessThan(4);
  // A minute of silence later the place is still right.
  const trueUs = 180e6 * (1 + driftPpm * 1e-6);
  expect(Math.abs(line.at(180e6) - trueUs)).toBeLessThan(700);
});

test('stays with the least delayed packets, not with the mean', () => {
  expect(feed([[0, 30]], 0, 15_000).at(30e6) - 30e6).toBeLessThan(500);
});

test('a short look at jitter is not taken for drift', () => {
  expect(Math.abs(feed([[0, 3]], 0, 15_000).drift)).toBeLessThan(60e-6);
});

test('a longer way through the network is no later speech', () => {
  const line = feed([[0, 60]], 0, 2000, (second) => (second > 30 ? 40_000 : 0));
  expect(line.at(60e6) - 60e6).toBeLessThan(5000);
});

test('a shorter way through the network shows that the line was late, and is not drift', () => {
  const line = feed([[0, 60]], 0, 2000, (second) => (second < 10 ? 40_000 : 0));
  expect(line.at(60e6) - 60e6).toBeLessThan(500);
  expect(Math.abs(line.drift)).toBeLessThan(5e-6);
});

test('follows a drift that changes over an hour with the temperature', () => {
  // From 0 to 60 ppm over an hour: the delay grows with the square of time.
  const bend = 60e-6 / 3600e6 / 2;
  const random = seededRandom(4);
  let line: ClockLine | undefined;
  let worstUs = 0;
  for (let us = 0; us < 3600e6; us += 20_000) {
    const trueUs = us + bend * us * us;
    const arrivalUs = trueUs - Math.log(1 - random()) * 5000;
    line ??= new ClockLine(us, arrivalUs);
    line.observe(us, arrivalUs);
    if (us > 10e6) worstUs = Math.max(worstUs, Math.abs(line.at(us) - trueUs));
  }
  expect(worstUs).toBeLessThan(2500);
});

test('remembers no more of ten hours than of ten minutes', () => {
  const line = feed([[0, 600]], 30, 5000);
  const points = (each: ClockLine) => (each as unknown as { hull: unknown[] }).hull.length;
  expect(points(line)).toBeLessThan(40);
});
