/** Reading and writing the TLS-like encoding of MLS (RFC 9420 section 2.1): integers and variable-size vectors. */

/** `<V>`: a length of 1, 2 or 4 bytes, told apart by its top two bits, then the bytes. */
export function vector(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  if (length < 0x40) return Buffer.concat([Uint8Array.of(length), bytes]);
  if (length < 0x4000) return Buffer.concat([Uint8Array.of(0x40 | (length >> 8), length & 0xff), bytes]);
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE((0x80000000 | length) >>> 0);
  return Buffer.concat([prefix, bytes]);
}

export const u8 = (value: number): Uint8Array => Uint8Array.of(value);

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export interface WireReader {
  offset(): number;
  ended(): boolean;
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): bigint;
  vector(): Buffer;
}

/** Reads from the start of `bytes`; every method throws a RangeError past the end. */
export function createWireReader(bytes: Buffer): WireReader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length)
      throw new RangeError(`MLS message ends at ${bytes.length}, ${length} bytes wanted at ${at}.`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  return {
    offset: () => at,
    ended: () => at >= bytes.length,
    u8: () => take(1).readUInt8(),
    u16: () => take(2).readUInt16BE(),
    u32: () => take(4).readUInt32BE(),
    u64: () => take(8).readBigUInt64BE(),
    vector() {
      const first = take(1).readUInt8();
      const kind = first >> 6;
      if (kind === 3) throw new RangeError('MLS vector length starts with the forbidden bits 11.');
      let length = first & 0x3f;
      for (const byte of take((1 << kind) - 1)) length = length * 256 + byte;
      return take(length);
    },
  };
}
