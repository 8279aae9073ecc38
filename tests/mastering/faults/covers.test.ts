import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { prepareCover } from '../../../src/mastering/cover.ts';
import { plainPng } from '../../../src/mastering/plain-png.ts';
import { startRender } from '../../../src/mastering/index.ts';
import { requestFor } from '../support/sessions.ts';
import { ffmpegForTest, temporaryFolder } from '../support/signals.ts';
import { recorded, twoVoices } from './support.ts';

function chunk(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(body, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}

/** A white square of one bit a pixel, and whatever else stands before its pixels. */
function png(size: number, extras: readonly Buffer[] = []): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head[8] = 1;
  const pixels = deflateSync(Buffer.alloc(size * (1 + Math.ceil(size / 8)), 0xff), { level: 1 });
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    ...extras,
    chunk('IDAT', pixels),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

async function sent(bytes: string | Uint8Array): Promise<string> {
  const file = path.join(await temporaryFolder(), 'cover.png');
  await writeFile(file, bytes);
  return file;
}

test.each([
  ['a PNG of 625 megapixels in 80 kB', () => png(25_000)],
  ['a text', () => 'This is no picture.'],
  [
    'a playlist that names another address',
    () => '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n',
  ],
  ['a concat script that names a file of ours', () => 'ffconcat version 1.0\nfile /etc/hostname\n'],
  ['nothing', () => ''],
  ['a PNG that ends in its head', () => png(100).subarray(0, 20)],
])('no cover: %s', async (_, make) => {
  const scratch = await temporaryFolder();
  await expect(prepareCover(ffmpegForTest(), await sent(make()), scratch)).rejects.toMatchObject({
    ...{ name: 'RenderError', code: 'bad-cover', retry: false },
    message: expect.stringContaining('Upload another') as string,
  });
});

test('a render with a zip bomb for a cover ends with that word, and nothing is left of it', async () => {
  const { folder } = await recorded(await twoVoices());
  const request = await requestFor(folder, { coverPath: await sent(png(25_000)) });
  await expect(startRender(request)).rejects.toMatchObject({ code: 'bad-cover', retry: false });
  expect(await readdir(request.outputFolder)).toEqual([]);
});

test('what a PNG carries beside its picture is not inflated', async () => {
  const text = (bytes: Uint8Array) => Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), bytes]);
  const bomb = deflateSync(Buffer.alloc(64 * 2 ** 20));
  const plain = png(100, [chunk('tRNS', Buffer.alloc(2))]);
  const extras = [
    chunk('zTXt', text(bomb)),
    chunk('iCCP', text(bomb)),
    chunk('tRNS', Buffer.alloc(2)),
    chunk('acTL', Buffer.alloc(8)),
  ];
  expect(Buffer.from(plainPng(png(100, extras)))).toEqual(plain);
  const scratch = await temporaryFolder();
  const jpeg = await prepareCover(ffmpegForTest(), await sent(png(1500, extras)), scratch);
  const { streams } = await ffmpegForTest().probe(jpeg!);
  expect(streams).toMatchObject([{ codec_name: 'mjpeg', width: 1400, height: 1400 }]);
  expect(await readdir(scratch)).toEqual(['cover.jpg']);
  expect((await readFile(jpeg!)).length).toBeGreaterThan(1_000);
});
