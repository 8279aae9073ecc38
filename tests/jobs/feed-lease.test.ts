/** Publishers beside each other on a store that cannot compare and swap. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { underLease } from '../../src/jobs/feed-lease.ts';
import { openTestCatalog, type TestCatalog } from '../catalog/support/test-catalog.ts';

let opened: TestCatalog;
const warnings: unknown[] = [];
const logger = { warn: (...said: unknown[]) => void warnings.push(said) };
beforeAll(async () => {
  opened = await openTestCatalog();
});
afterAll(() => opened.remove());

async function mostAtOnce(conditional: boolean, showIds: readonly string[]): Promise<number> {
  const { leases } = opened.catalog;
  const media = { conditionalPuts: () => Promise.resolve(conditional) };
  let [now, most] = [0, 0];
  const publish = async () => {
    now += 1;
    most = Math.max(most, now);
    await wait(20);
    now -= 1;
  };
  await Promise.all(showIds.map((showId) => underLease({ leases, media, logger }, showId, publish)));
  return most;
}

test.each([
  ['one show on a store without conditions: one after the other', false, ['a', 'a'], 1],
  ['two shows: beside each other', false, ['b', 'c'], 2],
  ['a store that compares and swaps needs no lease', true, ['d', 'd'], 2],
] as const)('%s', async (_case, conditional, showIds, most) => {
  expect(await mostAtOnce(conditional, showIds)).toBe(most);
});

test('a publication that fails gives its lease back', async () => {
  const { leases } = opened.catalog;
  const media = { conditionalPuts: () => Promise.resolve(false) };
  const failing = underLease({ leases, media, logger }, 'e', () =>
    Promise.reject(new Error('the store is away')),
  );
  await expect(failing).rejects.toThrow('the store is away');
  expect(await underLease({ leases, media, logger }, 'e', () => Promise.resolve('out'))).toBe('out');
});

test('who waits for a turn stops when the work is to end', async () => {
  const { leases } = opened.catalog;
  const media = { conditionalPuts: () => Promise.resolve(false) };
  const ending = new AbortController();
  await underLease({ leases, media, logger }, 'f', async () => {
    const waiting = underLease({ leases, media, logger, signal: ending.signal }, 'f', () =>
      Promise.reject(new Error('it had its turn')),
    );
    ending.abort();
    await expect(waiting).rejects.toThrow('aborted');
  });
});

test('a lease that cannot be given back changes nothing about what was published', async () => {
  const { leases } = opened.catalog;
  const media = { conditionalPuts: () => Promise.resolve(false) };
  const broken = { ...leases, giveBack: () => Promise.reject(new Error('the catalog is away')) };
  const place = { leases: broken, media, logger };
  expect(await underLease(place, 'g', () => Promise.resolve('out'))).toBe('out');
  const failing = underLease(place, 'h', () => Promise.reject(new Error('the store is away')));
  await expect(failing).rejects.toThrow('the store is away');
  expect(warnings).toHaveLength(2);
});
