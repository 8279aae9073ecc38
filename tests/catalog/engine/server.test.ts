import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openServer } from '../../../src/catalog/engine/server.ts';

const serverUrl = process.env['TEST_DATABASE_URL'];

test('a server that cannot be reached is named, without its password', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  const opening = openServer(`postgresql://me:hidden@127.0.0.1:${port}/stagecast`, () => undefined);
  const error = (await opening.catch((reason: unknown) => reason)) as Error;
  expect(error.message).toContain(`The database at 127.0.0.1:${port}/stagecast cannot be used`);
  expect(error.message).toContain('Check DATABASE_URL');
  expect(error.message).not.toContain('hidden');
});

test.skipIf(serverUrl === undefined)(
  'a listener comes back after its connection broke, and says that it missed something (needs TEST_DATABASE_URL)',
  async () => {
    const faults: unknown[] = [];
    const engine = await openServer(serverUrl!, (error) => faults.push(error));
    const heard: string[] = [];
    let gaps = 0;
    const listener = await engine.listen(
      'Odd "channel"',
      (payload) => heard.push(payload),
      () => (gaps += 1),
    );
    const tell = (payload: string) =>
      engine.executeSql('SELECT pg_notify($1, $2)', ['Odd "channel"', payload]);
    await tell('one');
    await expect.poll(() => heard).toEqual(['one']);
    await engine.executeSql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN "Odd %' AND pid <> pg_backend_pid()`,
    );
    await expect.poll(() => gaps, { timeout: 10_000 }).toBe(2);
    expect(faults.length).toBeGreaterThan(0);
    await tell('two');
    await expect.poll(() => heard).toEqual(['one', 'two']);
    await listener.close();
    await tell('three');
    await engine.close();
    expect(heard).toEqual(['one', 'two']);
  },
);
