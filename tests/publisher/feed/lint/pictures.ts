/** Beginnings of picture files, made by hand: what a header says, and nothing else. */

const chunk = (type: string, data: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
};

/** `colour` as in the PNG specification: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
export function png(width: number, height: number, colour = 2, chunks: [string, Buffer][] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colour], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...chunks.map(([type, data]) => chunk(type, data)),
    chunk('IDAT', Buffer.alloc(10)),
  ]);
}

/** With segments before the frame, as a preview or a colour profile stands there. */
export function jpeg(
  width: number,
  height: number,
  components = 3,
  { frame = 0xc0, before = 0 }: { frame?: number; before?: number } = {},
): Buffer {
  const segment = (marker: number, data: Buffer) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  const size = Buffer.alloc(6 + components * 3);
  size[0] = 8;
  size.writeUInt16BE(height, 1);
  size.writeUInt16BE(width, 3);
  size[5] = components;
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...Array.from({ length: before }, () => segment(0xe1, Buffer.alloc(60_000, 0xff))),
    Buffer.from([0xff]),
    segment(frame, size),
    segment(0xda, Buffer.alloc(10)),
  ]);
}
