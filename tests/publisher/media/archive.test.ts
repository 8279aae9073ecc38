import { appendFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { createArchive } from '../../../publisher/media/archive.ts';
import { temporaryFolder } from '../shelf.ts';

const modifiedAt = new Date('2026-11-22T10:00:00Z');

async function unzip(zip: Buffer) {
  const file = await fromBufferPromise(zip, { strictFileNames: true });
  const entries: { name: string; method: number; modifiedAt: Date; body: Buffer }[] = [];
  for await (const entry of file.eachEntry())
    entries.push({
      name: entry.fileName,
      method: entry.compressionMethod,
      modifiedAt: entry.getLastModDate(),
      body: await buffer(await file.openReadStreamPromise(entry)),
    });
  return entries;
}

test('comes back entry by entry: names, order, times, bytes, and nothing compressed again', async () => {
  const folder = await temporaryFolder();
  const [first, empty] = [path.join(folder, '1'), path.join(folder, '2')];
  await writeFile(first, Buffer.alloc(700_000, 'opus'));
  await writeFile(empty, '');
  const names = ['2026-11-22 Stage - 01 👩‍🚀 Ada.opus', '2026-11-22 Stage - 02 مقدمة.opus', 'Read me.txt'];
  const { bytes, body } = await createArchive([
    { name: names[0]!, source: { path: first }, modifiedAt },
    { name: names[1]!, source: { path: empty }, modifiedAt },
    { name: names[2]!, source: { body: Buffer.from('hello') }, modifiedAt },
  ]);
  const zip = await buffer(body);
  expect(zip).toHaveLength(bytes);
  expect(await unzip(zip)).toEqual(
    [Buffer.alloc(700_000, 'opus'), Buffer.alloc(0), Buffer.from('hello')].map((content, index) => ({
      name: names[index],
      method: 0,
      modifiedAt,
      body: content,
    })),
  );
});

test('a file that grows meanwhile is packed as long as it was', async () => {
  const file = path.join(await temporaryFolder(), 'live');
  await writeFile(file, 'what was there');
  const { bytes, body } = await createArchive([{ name: 'live.opus', source: { path: file }, modifiedAt }]);
  await appendFile(file, ' and what came later');
  const zip = await buffer(body);
  expect(zip).toHaveLength(bytes);
  expect(String((await unzip(zip))[0]?.body)).toBe('what was there');
});

test('a missing file is a fault before the first byte, a file that shrinks ends the download', async () => {
  const folder = await temporaryFolder();
  const entry = { name: 'x', source: { path: path.join(folder, 'x') }, modifiedAt };
  await expect(createArchive([entry])).rejects.toThrow('ENOENT');
  await writeFile(entry.source.path, Buffer.alloc(1000));
  const { body } = await createArchive([entry]);
  await writeFile(entry.source.path, 'short');
  await expect(buffer(body)).rejects.toThrow('unexpected number of bytes');
});

test('reads no further than it is read, and lets go of its file when dropped', async () => {
  const file = path.join(await temporaryFolder(), 'long');
  await writeFile(file, Buffer.alloc(20_000_000));
  const { body } = await createArchive([{ name: 'long', source: { path: file }, modifiedAt }]);
  body.once('readable', () => undefined);
  await once(body, 'readable');
  await new Promise((resolve) => setImmediate(resolve));
  expect(body.readableLength).toBeLessThan(500_000);
  const inProc = process.platform === 'linux';
  if (inProc) expect(await openFiles(file)).toBe(1);
  body.destroy();
  await once(body, 'close');
  await expect.poll(() => openFiles(file)).toBe(0);
});

/** Handles of this process on a file; where /proc is missing there is nothing to count. */
async function openFiles(file: string): Promise<number> {
  const handles = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(
    handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')),
  );
  return targets.filter((target) => target === file).length;
}
