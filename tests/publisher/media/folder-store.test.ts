import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { temporaryFolder } from '../shelf.ts';
import { describeMediaStore } from './store-contract.ts';

describeMediaStore('a folder', async () => createFolderStore(path.join(await temporaryFolder(), 'media')));

const hidden = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => name.startsWith('.'));

test('a body stands under its key as a plain file, for any static web server', async () => {
  const folder = await temporaryFolder();
  await createFolderStore(folder).put(
    'shows/a/feed.xml',
    { body: Buffer.from('<rss/>') },
    { contentType: 'x/y' },
  );
  expect(await readFile(path.join(folder, 'shows/a/feed.xml'), 'utf8')).toBe('<rss/>');
});

test('nothing is left behind by replacing, deleting and failing', async () => {
  const folder = await temporaryFolder();
  const store = createFolderStore(folder);
  for (const text of ['one', 'two', 'three'])
    await store.put('a/b', { body: Buffer.from(text) }, { contentType: 'text/plain' });
  await expect(store.put('a/c', { path: '/nowhere' }, { contentType: 'text/plain' })).rejects.toThrow();
  expect(await hidden(folder)).toHaveLength(1);
  await store.delete('a/b');
  expect(await hidden(folder)).toEqual([]);
});

test('a file put there by hand, or a copy without times, is served by what can be derived', async () => {
  const folder = await temporaryFolder();
  const store = createFolderStore(folder);
  const put = await store.put('talk.mp3', { body: Buffer.from('audio') }, { contentType: 'audio/mpeg' });
  await utimes(path.join(folder, 'talk.mp3'), 1, 1);
  await writeFile(path.join(folder, 'by-hand.mp3'), 'audio');
  for (const key of ['talk.mp3', 'by-hand.mp3'])
    expect(await store.head(key)).toMatchObject({
      contentType: 'audio/mpeg',
      sha256: put.sha256,
      etag: put.etag,
    });
});

test('a backup that keeps times keeps types and cache headers', async () => {
  const [folder, copy] = [await temporaryFolder(), await temporaryFolder()];
  const options = { contentType: 'application/json+chapters', cacheControl: 'max-age=5' };
  const put = await createFolderStore(folder).put('x.bin', { body: Buffer.from('{}') }, options);
  await cp(folder, copy, { recursive: true, preserveTimestamps: true });
  expect(await createFolderStore(copy).head('x.bin')).toEqual(put);
});

test('two bodies of one size and one time are told apart', async () => {
  const folder = await temporaryFolder();
  const store = createFolderStore(folder);
  const bodies = Array.from({ length: 40 }, (_, index) => Buffer.from(String(index).padStart(4, '0')));
  const puts = await Promise.all(
    bodies.map((body, index) =>
      store.put('same', { body }, { contentType: 'text/plain', cacheControl: `max-age=${index}` }),
    ),
  );
  const found = await store.read('same');
  const winner = Number(await buffer(found!.body));
  expect(found!.object).toEqual(puts[winner]);
});

test('processes that count together lose no step, and leave nothing behind', async () => {
  const folder = await temporaryFolder();
  const store = createFolderStore(folder);
  await store.put('count', { body: Buffer.from('0') }, { contentType: 'text/plain' });
  const program = path.join(import.meta.dirname, 'count-up.ts');
  const codes = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const child = spawn(process.execPath, [program, folder, 'count', '40'], { stdio: 'inherit' });
      const [code] = (await once(child, 'close')) as [number | null];
      return code;
    }),
  );
  expect(codes).toEqual([0, 0, 0]);
  const found = await store.read('count');
  expect(await text(found!.body)).toBe('120');
  expect(found!.object.metadata).toHaveProperty('by');
  expect(await hidden(folder)).toHaveLength(1);
});

test('a failed condition leaves the record of what stands, also of the same bytes', async () => {
  const folder = await temporaryFolder();
  const store = createFolderStore(folder);
  const put = await store.put(
    'a',
    { body: Buffer.from('x') },
    { contentType: 'text/plain', metadata: { n: '1' } },
  );
  const again = { contentType: 'text/plain', metadata: { n: '1' }, onlyIf: 'absent' } as const;
  await expect(store.put('a', { body: Buffer.from('x') }, again)).rejects.toThrow();
  expect(await store.head('a')).toEqual(put);
  expect(await hidden(folder)).toHaveLength(1);
});
