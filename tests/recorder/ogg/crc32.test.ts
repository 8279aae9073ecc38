import { expect, test } from 'vitest';
import { oggCrc32 } from '../../../recorder/ogg/crc32.ts';
import { seededRandom } from '../support/network.ts';

/** Bit by bit, as RFC 3533 words it. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

test('agrees with the definition, bit by bit, at every length', () => {
  const random = seededRandom(1);
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 256));
    expect(oggCrc32(bytes)).toBe(slowCrc(bytes));
  }
});

test('can be taken in parts', () => {
  const bytes = new TextEncoder().encode('one page in two parts');
  expect(oggCrc32(bytes, 7, bytes.length, oggCrc32(bytes, 0, 7))).toBe(oggCrc32(bytes));
});
