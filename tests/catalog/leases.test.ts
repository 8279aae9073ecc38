import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

onEachEngine((engine) => {
  let opened: TestCatalog;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
  });
  afterAll(() => opened.remove());

  test('one holder at a time, who may renew it and give it back', async () => {
    const { leases } = opened.catalog;
    const [name, mine, theirs] = [`lease ${randomUUID()}`, randomUUID(), randomUUID()];
    const taken = await Promise.all([mine, theirs].map((holder) => leases.take(name, holder, 60)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const [first, second] = taken[0] === true ? [mine, theirs] : [theirs, mine];
    expect(await leases.take(name, first, 60)).toBe(true);
    expect(await leases.take(name, second, 60)).toBe(false);
    await leases.giveBack(name, second);
    expect(await leases.take(name, second, 60)).toBe(false);
    await leases.giveBack(name, first);
    expect(await leases.take(name, second, 60)).toBe(true);
  });

  test('of a holder that is gone it is free once its time is over', async () => {
    const { leases } = opened.catalog;
    const name = `lease ${randomUUID()}`;
    expect(await leases.take(name, randomUUID(), 0.05)).toBe(true);
    const next = randomUUID();
    await expect.poll(() => leases.take(name, next, 60), { timeout: 5_000 }).toBe(true);
  });
});
