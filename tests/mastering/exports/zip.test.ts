import { spawnSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { fromBufferPromise, openPromise } from 'yauzl';
import { layOutZip, zipOf } from '../../../src/mastering/exports/zip.ts';
import { hasProgram } from '../../recorder/support/scratch.ts';
import { temporaryFolder } from '../support/signals.ts';

const modifiedAt = new Date('2026-11-22T10:00:00Z');
const files = [
  { name: '2026-11-22 Stage - 01 👩‍🚀 Ada.wav', body: Buffer.alloc(70_000, 'a'), modifiedAt },
  { name: '2026-11-22 Stage - 02 مقدمة.wav', body: Buffer.alloc(0), modifiedAt },
];

test('yauzl reads names, times and bytes back, and nothing is compressed', async () => {
  const zip = await fromBufferPromise(zipOf(files), { strictFileNames: true });
  const entries = [];
  for await (const entry of zip.eachEntry())
    entries.push({
      ...{ name: entry.fileName, method: entry.compressionMethod, modifiedAt: entry.getLastModDate() },
      body: await buffer(await zip.openReadStreamPromise(entry)),
    });
  expect(entries).toEqual(files.map((file) => ({ ...file, method: 0 })));
});

const unzip = hasProgram('unzip', '-v');
test.skipIf(!unzip)(
  `unzip -t finds no fault${unzip ? '' : ' (skipped: unzip is not installed)'}`,
  async () => {
    const file = path.join(await temporaryFolder(), 'a.zip');
    await writeFile(file, zipOf(files));
    const { status, stdout } = spawnSync('unzip', ['-t', file], { encoding: 'utf8' });
    expect(stdout).toContain('No errors detected');
    expect(status).toBe(0);
  },
);

test('beyond 4 GiB it is zip64: sizes, and places of what comes after', { timeout: 60_000 }, async () => {
  const file = path.join(await temporaryFolder(), 'large.zip');
  const large = 2 ** 32 + 12_345;
  const last = Buffer.from('the last of them');
  const { parts, bytes } = layOutZip([
    { name: 'large.wav', bytes: large, crc32: 0, modifiedAt },
    { name: 'last.txt', bytes: last.length, crc32: crc32(last), modifiedAt },
  ]);
  // A hole in the place of the large one: sizes and places are what is looked at.
  const handle = await open(file, 'w');
  let at = 0;
  for (const part of parts) {
    if ('head' in part) await handle.write(part.head, 0, part.head.length, at);
    else if (part.entry === 1) await handle.write(last, 0, last.length, at);
    at += 'head' in part ? part.head.length : part.bytes;
  }
  await handle.close();
  expect(at).toBe(bytes);
  const zip = await openPromise(file);
  const entries = [];
  for await (const entry of zip.eachEntry()) {
    entries.push([entry.fileName, entry.uncompressedSize]);
    if (entry.fileName === 'last.txt')
      expect(await buffer(await zip.openReadStreamPromise(entry))).toEqual(last);
  }
  zip.close();
  expect(entries).toEqual([
    ['large.wav', large],
    ['last.txt', last.length],
  ]);
});
