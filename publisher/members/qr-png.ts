/** A QR code as a PNG: one bit a pixel, nothing but what the format asks for. */
import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'uqr';

/** ISO/IEC 18004, 9.1: four modules of white all around. */
const QUIET_MODULES = 4;
const MODULE_PX = 8;

export function qrPng(text: string): Buffer {
  // M survives a thumb on the screen; the code is for a phone held before it.
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_MODULES });
  const sidePx = size * MODULE_PX;
  const row = (modules: readonly boolean[]): Buffer => {
    // Filter type 0, then a bit a pixel: 1 is white in greyscale.
    const line = Buffer.alloc(1 + Math.ceil(sidePx / 8));
    for (let x = 0; x < sidePx; x += 1)
      if (modules[Math.floor(x / MODULE_PX)] !== true) line[1 + (x >> 3)]! |= 0x80 >> (x & 7);
    return line;
  };
  const lines = data.flatMap((modules) => Array<Buffer>(MODULE_PX).fill(row(modules)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sidePx, 0);
  header.writeUInt32BE(sidePx, 4);
  // Bit depth 1, greyscale; deflate, no interlace (PNG specification, 11.2.2).
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
