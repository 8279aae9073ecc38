import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ART_HEAD_BYTES, readArt } from '../../../../publisher/feed/lint/art.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { jpeg, png } from './pictures.ts';

const read = (bytes: Uint8Array) => {
  const { format, widthPixels, heightPixels, pixelFormat } = readArt(bytes);
  return `${format} ${widthPixels}x${heightPixels} ${pixelFormat}`;
};

test.each([
  ['a JPEG', jpeg(3000, 2000), 'jpeg 3000x2000 rgb'],
  ['a progressive JPEG', jpeg(1400, 1400, 3, { frame: 0xc2 }), 'jpeg 1400x1400 rgb'],
  ['a grey JPEG', jpeg(1400, 1400, 1), 'jpeg 1400x1400 grey'],
  ['a JPEG of print', jpeg(1400, 1400, 4), 'jpeg 1400x1400 cmyk'],
  ['a JPEG behind long profiles', jpeg(1400, 1401, 3, { before: 10 }), 'jpeg 1400x1401 rgb'],
  ['a PNG', png(1400, 3000), 'png 1400x3000 rgb'],
  ['a PNG with a palette', png(10, 10, 3), 'png 10x10 rgb'],
  ['a PNG with alpha', png(10, 10, 6), 'png 10x10 rgba'],
  ['a grey PNG', png(10, 10, 0), 'png 10x10 grey'],
  ['a grey PNG with alpha', png(10, 10, 4), 'png 10x10 grey-alpha'],
  ['a palette with transparency', png(10, 10, 3, [['tRNS', Buffer.alloc(3)]]), 'png 10x10 rgba'],
  [
    'a colour that is transparent',
    png(10, 10, 2, [
      ['gAMA', Buffer.alloc(4)],
      ['tRNS', Buffer.alloc(6)],
    ]),
    'png 10x10 rgba',
  ],
  ['a GIF', Buffer.from('GIF89a.......'), 'gif 0x0 unknown'],
  ['a WebP', Buffer.from('RIFF\0\0\0\0WEBPVP8 '), 'webp 0x0 unknown'],
  ['HTML', Buffer.from('<html>'), 'unknown 0x0 unknown'],
  ['nothing', Buffer.alloc(0), 'unknown 0x0 unknown'],
])('%s', (_name, bytes, expected) => {
  expect(read(bytes)).toBe(expected);
});

test('every shorter beginning of a file is read without fault, and never as another size', () => {
  for (const whole of [jpeg(1400, 1500), png(1400, 1500, 3, [['tRNS', Buffer.alloc(3)]])]) {
    for (let length = 0; length < whole.length; length += 1) {
      const { widthPixels, heightPixels } = readArt(whole.subarray(0, length));
      expect([0, 1400]).toContain(widthPixels);
      expect([0, 1500]).toContain(heightPixels);
    }
  }
});

test('a picture that would inflate to gigabytes costs nothing to look at', () => {
  const profile = ['iCCP', Buffer.alloc(900_000, 0x78)] as [string, Buffer];
  const huge = Buffer.concat([png(3000, 3000, 2, [profile]), Buffer.alloc(4 * ART_HEAD_BYTES)]);
  // A height of 0, and then FF to the end: one marker after another that may go on.
  const lying = Buffer.concat([jpeg(3000, 0), Buffer.alloc(ART_HEAD_BYTES, 0xff)]);
  const endless = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(ART_HEAD_BYTES, 0xff)]);
  expect(cpuMsOf(() => [huge, lying, endless].map(read))).toBeLessThan(200);
  expect(read(huge)).toBe('png 3000x3000 rgb');
  expect(read(endless)).toBe('jpeg 0x0 unknown');
});

test('the cover that shows have until they bring one is as it must be', async () => {
  const cover = new URL('../../../../templates/brand/cover.jpg', import.meta.url);
  expect(read(await readFile(cover))).toMatch(/^(jpeg|png) (\d+)x\2 rgb$/);
});
