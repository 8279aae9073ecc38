import { describe, expect, test } from 'vitest';
import { decideRange, ifRangeHolds, isNotModified } from '../../../publisher/media/range.ts';

const part = (first: number, last: number) => ({ kind: 'part', range: { first, last } });
const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };

describe('a Range on 100 bytes', () => {
  test.each([
    [undefined, whole],
    ['bytes=0-', part(0, 99)],
    ['bytes=0-0', part(0, 0)],
    ['bytes=0-1', part(0, 1)],
    ['bytes=10-19', part(10, 19)],
    ['bytes=99-', part(99, 99)],
    ['bytes=50-1000', part(50, 99)],
    ['bytes=0-99999999999999999999', part(0, 99)],
    ['bytes=-50', part(50, 99)],
    ['bytes=-1', part(99, 99)],
    ['bytes=-1000', part(0, 99)],
    ['BYTES=5-6', part(5, 6)],
    ['bytes= 5-6 ', part(5, 6)],
    // Past the end.
    ['bytes=100-', unsatisfiable],
    ['bytes=100-200', unsatisfiable],
    ['bytes=99999999999999999999-', unsatisfiable],
    ['bytes=-0', unsatisfiable],
    // Malformed, foreign, or several: ignored.
    ['bytes=', whole],
    ['bytes=-', whole],
    ['bytes=a-b', whole],
    ['bytes=5', whole],
    ['bytes=6-5', whole],
    ['bytes=1.5-2', whole],
    ['bytes=0x1-2', whole],
    ['bytes 0-1', whole],
    ['seconds=0-1', whole],
    ['bytes=0-0,-1', whole],
    ['bytes=0-1,5-6', whole],
    [`bytes=${'0-,'.repeat(5000)}0-`, whole],
  ])('%j', (header, expected) => {
    expect(decideRange(header, 100)).toEqual(expected);
  });

  test.each([
    ['bytes=0-', unsatisfiable],
    ['bytes=0-0', unsatisfiable],
    ['bytes=-5', whole],
  ])('%j on no bytes', (header, expected) => {
    expect(decideRange(header, 0)).toEqual(expected);
  });
});

const lastModified = new Date('2026-11-22T10:00:00.750Z');
const object = { etag: '"abc"', lastModified };
const nowMs = Date.parse('2026-11-22T11:00:00Z');

test.each([
  [undefined, true],
  ['"abc"', true],
  ['"abd"', false],
  ['W/"abc"', false],
  ['abc', false],
  ['*', false],
  ['Sun, 22 Nov 2026 10:00:00 GMT', true],
  ['Sun, 22 Nov 2026 09:59:59 GMT', false],
  ['Sun, 22 Nov 2026 10:00:01 GMT', false],
  ['not a date', false],
])('If-Range %j', (header, holds) => {
  expect(ifRangeHolds(header, object, nowMs)).toBe(holds);
});

test('a date is no strong validator within the second it names', () => {
  const header = 'Sun, 22 Nov 2026 10:00:00 GMT';
  expect(ifRangeHolds(header, object, lastModified.getTime() + 100)).toBe(false);
  expect(ifRangeHolds(header, object, lastModified.getTime() + 1000)).toBe(true);
});

test.each([
  [undefined, undefined, false],
  ['"abc"', undefined, true],
  ['W/"abc"', undefined, true],
  ['"x", W/"abc" , "y"', undefined, true],
  ['"x,abc"', undefined, false],
  ['*', undefined, true],
  ['"x"', undefined, false],
  ['abc', undefined, false],
  [undefined, 'Sun, 22 Nov 2026 10:00:00 GMT', true],
  [undefined, 'Sun, 22 Nov 2026 10:00:01 GMT', true],
  [undefined, 'Sun, 22 Nov 2026 09:59:59 GMT', false],
  [undefined, 'yesterday-ish', false],
  // If-None-Match decides alone when it is there.
  ['"x"', 'Sun, 22 Nov 2026 10:00:01 GMT', false],
])('If-None-Match %j, If-Modified-Since %j', (ifNoneMatch, ifModifiedSince, expected) => {
  expect(isNotModified({ ifNoneMatch, ifModifiedSince }, object)).toBe(expected);
});
