import { appendFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { openRawArchive, rawArchiveBytes } from '../../../publisher/studio/raw-archive.ts';
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
  const entries = [
    { name: names[0]!, source: first, modifiedAt },
    { name: names[1]!, source: empty, modifiedAt },
    { name: names[2]!, source: Buffer.from('hello'), modifiedAt },
  ];
  const { bytes, body } = await openRawArchive(entries);
  const zip = await buffer(body);
  expect(zip).toHaveLength(bytes);
  expect(await rawArchiveBytes(entries)).toBe(bytes);
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
  const { bytes, body } = await openRawArchive([{ name: 'live.opus', source: file, modifiedAt }]);
  await appendFile(file, ' and what came later');
  const zip = await buffer(body);
  expect(zip).toHaveLength(bytes);
  expect(String((await unzip(zip))[0]?.body)).toBe('what was there');
});

test('a missing file is a fault before the first byte, a file that shrinks ends the download', async () => {
  const folder = await temporaryFolder();
  const entry = { name: 'x', source: path.join(folder, 'x'), modifiedAt };
  await expect(openRawArchive([entry])).rejects.toThrow('ENOENT');
  await writeFile(entry.source, Buffer.alloc(1000));
  const { body } = await openRawArchive([entry]);
  await writeFile(entry.source, 'short');
  await expect(buffer(body)).rejects.toThrow('has become shorter');
});

test('reads no further than it is read, and lets go of its file when dropped', async () => {
  const file = path.join(await temporaryFolder(), 'long');
  await writeFile(file, Buffer.alloc(20_000_000));
  const { body } = await openRawArchive([{ name: 'long', source: file, modifiedAt }]);
  body.once('readable', () => undefined);
  await once(body, 'readable');
  // What stands before the file; after it the file itself is begun, and left at its first piece.
  body.read();
  await expect.poll(() => body.readableLength).toBeGreaterThan(0);
  expect(body.readableLength).toBeLessThan(500_000);
  const inProc = process.platform === 'linux';
  if (inProc) await expect.poll(() => openFiles(file)).toBe(1);
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

test('whoever goes away before the first byte is not read for', async () => {
  const file = path.join(await temporaryFolder(), 'long');
  await writeFile(file, Buffer.alloc(2_000_000));
  const entry = { name: 'long', source: file, modifiedAt };
  await expect(openRawArchive([entry], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});
