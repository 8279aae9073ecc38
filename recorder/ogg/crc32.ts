/**
 * The checksum of an Ogg page: CRC-32, polynomial 0x04C11DB7, most significant bit first, start 0, no final inversion,
 * over the whole page with its own field as zero (RFC 3533 section 6, field 7). zlib's CRC-32 is the mirrored one, so
 * it cannot be used. Four bytes a step ("slicing"): table k holds the effect of a byte followed by k zero bytes.
 */
const POLYNOMIAL = 0x04c11db7;

function makeTables(): [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
    first[byte] = crc >>> 0;
  }
  const followedByZero = (table: Uint32Array) => table.map((crc) => (crc << 8) ^ first[crc >>> 24]!);
  const second = followedByZero(first);
  const third = followedByZero(second);
  return [first, second, third, followedByZero(third)];
}

const [t0, t1, t2, t3] = makeTables();

/** CRC of `bytes[start..end)`, going on from `crc` (0 at the start). Unsigned 32 bit. */
export function oggCrc32(bytes: Uint8Array, start = 0, end = bytes.length, crc = 0): number {
  let value = crc;
  let at = start;
  for (const stop = end - 3; at < stop; at += 4) {
    value ^= (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    value = t3[value >>> 24]! ^ t2[(value >>> 16) & 0xff]! ^ t1[(value >>> 8) & 0xff]! ^ t0[value & 0xff]!;
  }
  for (; at < end; at++) value = (value << 8) ^ t0[(value >>> 24) ^ bytes[at]!]!;
  return value >>> 0;
}
