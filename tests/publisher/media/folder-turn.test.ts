import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { inTurn } from '../../../publisher/media/folder-turn.ts';
import { temporaryFolder } from '../shelf.ts';

async function setUp(staleMs = 60_000) {
  const staging = await temporaryFolder();
  let entries = 0;
  const turn = async (act: (held: string) => Promise<unknown>) => {
    const entry = path.join(staging, `entry-${entries++}`);
    await writeFile(entry, entry);
    return inTurn({ staging, key: 'a/b', entry, staleMs }, act);
  };
  return { staging, turn };
}

test('nobody else has a turn meanwhile, and each gets one', async () => {
  const { staging, turn } = await setUp();
  let [inside, most] = [0, 0];
  const turns = Array.from({ length: 12 }, () =>
    turn(async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 3));
      inside -= 1;
    }),
  );
  await Promise.all(turns);
  expect(most).toBe(1);
  expect(await readdir(staging)).toEqual([]);
});

test('who fails in a turn leaves it', async () => {
  const { staging, turn } = await setUp();
  await expect(turn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(staging)).toEqual([]);
});

test('who sleeps too long in a turn loses it, and can change nothing when it wakes', async () => {
  const { staging, turn } = await setUp(50);
  const target = path.join(await temporaryFolder(), 'target');
  const [wake, woken] = [Promise.withResolvers(), Promise.withResolvers()];
  const sleeper = turn(async (held) => {
    woken.resolve(undefined);
    await wake.promise;
    await rename(held, target);
  });
  await woken.promise;
  await turn(async (held) => {
    // Between the other's turn and the end of this one.
    wake.resolve(undefined);
    expect(await sleeper).toBe('lost');
    await rename(held, target);
  });
  expect(await readFile(target, 'utf8')).toMatch(/entry-1$/);
  expect(await readdir(staging)).toEqual([]);
});

test('a store goes on after a process that died in its turn', async () => {
  const folder = await temporaryFolder();
  const store = createFolderStore(folder, { staleTurnMs: 50 });
  const options = { contentType: 'text/plain' };
  await store.put('a', { body: Buffer.from('one') }, options);
  const staging = path.join(folder, '.staging');
  // As the turn at "a" looks when its holder is killed: found by taking one and looking.
  const entry = path.join(staging, 'dead');
  await mkdir(entry);
  await inTurn({ staging, key: 'a', entry, staleMs: 50 }, async (held) => {
    await store.put('a', { body: Buffer.from('two') }, options);
    expect(await readdir(path.dirname(held)).catch(() => [])).not.toContain('dead');
  });
  await store.delete('a');
  expect(await store.head('a')).toBeUndefined();
  expect(await readdir(staging)).toEqual([]);
});
