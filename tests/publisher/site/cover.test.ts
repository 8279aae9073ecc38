import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { loadAssets } from '../../../publisher/site/assets.ts';
import { coverOf, smallCoverKey } from '../../../publisher/site/cover.ts';
import { temporaryFolder } from '../shelf.ts';

const jpeg = await readFile(new URL('../../../templates/brand/cover.jpg', import.meta.url));

function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(33);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

test.each([
  ['the default cover', jpeg, 1400],
  ['a square PNG', png(3000, 3000), 3000],
  ['an oblong PNG', png(3000, 1400), undefined],
  ['a JPEG cut short', jpeg.subarray(0, 12), undefined],
  ['a JPEG of which a segment says that it is endless', Buffer.from('ffd8ffe0ffff4a46', 'hex'), undefined],
  ['no picture', Buffer.from('<svg width="10" height="10"/>'), undefined],
  ['nothing', Buffer.alloc(0), undefined],
])('%s', async (_name, bytes, side) => {
  const media = createFolderStore(await temporaryFolder());
  const key = 'art/own.0123.jpg';
  await media.put(key, { body: bytes }, { contentType: 'image/jpeg' });
  const { sidePx, art } = await coverOf(media, { cover_key: key }, await loadAssets());
  expect([sidePx, art?.bytes, art?.extension]).toEqual([side, bytes.length, 'jpg']);
});

test('a page takes the small copy of a cover where there is one, and the whole where not', async () => {
  const media = createFolderStore(await temporaryFolder());
  const assets = await loadAssets();
  const key = 'art/own.0123.jpg';
  expect(await coverOf(media, { cover_key: null }, assets)).toEqual({
    key: assets.defaultCover.key,
    smallKey: assets.defaultSmallCover.key,
    sidePx: 1400,
    art: undefined,
  });
  await media.put(key, { body: jpeg }, { contentType: 'image/jpeg' });
  expect(await coverOf(media, { cover_key: key }, assets)).toMatchObject({
    ...{ key, smallKey: key, sidePx: 1400 },
    art: { format: 'jpeg', pixelFormat: 'rgb', bytes: jpeg.length },
  });
  await media.put(smallCoverKey(key), { body: Buffer.from('small') }, { contentType: 'image/webp' });
  expect(await coverOf(media, { cover_key: key }, assets)).toMatchObject({
    smallKey: 'art/own.0123.small.webp',
  });
});
