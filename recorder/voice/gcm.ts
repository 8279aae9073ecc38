/**
 * Opens AES-256-GCM (NIST SP 800-38D) with one key again and again. Node offers a new Decipher for each message only, and
 * to make and to collect one costs more than the message; here OpenSSL's block cipher lives as long as the key, runs over
 * a message's counter blocks in one call, and the tag's hash is taken here.
 */
import { type Cipheriv, createCipheriv } from 'node:crypto';

export const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
const BLOCK_WORDS = 4;
/** Those of a datagram of 2 KiB; more are made when one is longer. */
const USUAL_BLOCKS = 129;
/** x^128 = x^7 + x^2 + x + 1, the bits of a byte and of a block counted from the left (section 6.3). */
const REDUCTION = 0xe1000000;

export class GcmOpener {
  private readonly blockCipher: Cipheriv;
  private readonly products: Int32Array;
  private counters = counterBlocks(USUAL_BLOCKS);
  /** The hash as it grows: a block of four big-endian words. */
  private readonly hash = new Int32Array(BLOCK_WORDS);

  constructor(key: Uint8Array) {
    this.blockCipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.products = productsOf(this.blockCipher.update(new Uint8Array(BLOCK_BYTES)));
  }

  /**
   * Opens what begins with `clearBytes` of associated data and goes on with ciphertext up to its tag at `tagAt`.
   * @returns the plaintext, in memory of its own, or null when the tag is not the right one: of that nothing is decrypted.
   */
  open(message: Uint8Array, clearBytes: number, tagAt: number, nonce: Uint8Array): Buffer | null {
    const bytes = tagAt - clearBytes;
    // The first block of the key stream hides the tag (section 7.2).
    const keyStream = this.blockCipher.update(this.countersFor(nonce, 1 + Math.ceil(bytes / BLOCK_BYTES)));
    const { hash } = this;
    hash.fill(0);
    this.absorb(message, 0, clearBytes);
    this.absorb(message, clearBytes, tagAt);
    hash[1]! ^= clearBytes * 8;
    hash[3]! ^= bytes * 8;
    this.multiply();
    let difference = 0;
    for (let at = 0; at < TAG_BYTES; at++) {
      const byte = hash[at >> 2]! >>> (24 - 8 * (at & 3));
      difference |= (byte ^ keyStream[at]! ^ message[tagAt + at]!) & 0xff;
    }
    if (difference !== 0) return null;
    const plain = keyStream.subarray(BLOCK_BYTES, BLOCK_BYTES + bytes);
    for (let at = 0; at < bytes; at++) plain[at]! ^= message[clearBytes + at]!;
    return plain;
  }

  private countersFor(nonce: Uint8Array, blocks: number): Uint8Array {
    if (blocks > this.counters.length / BLOCK_BYTES) this.counters = counterBlocks(blocks);
    const { counters } = this;
    const end = blocks * BLOCK_BYTES;
    for (let block = 0; block < end; block += BLOCK_BYTES)
      for (let at = 0; at < 12; at++) counters[block + at] = nonce[at]!;
    return counters.subarray(0, end);
  }

  /** Takes bytes into the hash, the last block filled up with zeros. */
  private absorb(bytes: Uint8Array, from: number, to: number): void {
    const { hash } = this;
    let at = from;
    for (; at + BLOCK_BYTES <= to; at += BLOCK_BYTES) {
      hash[0]! ^= wordAt(bytes, at);
      hash[1]! ^= wordAt(bytes, at + 4);
      hash[2]! ^= wordAt(bytes, at + 8);
      hash[3]! ^= wordAt(bytes, at + 12);
      this.multiply();
    }
    if (at === to) return;
    for (let place = 0; at < to; at++, place++) hash[place >> 2]! ^= bytes[at]! << (24 - 8 * (place & 3));
    this.multiply();
  }

  /** The hash times its key, byte by byte from the last one on (Horner's rule). */
  private multiply(): void {
    const { hash, products } = this;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let word = BLOCK_WORDS - 1; word >= 0; word--) {
      for (let shift = 0; shift < 32; shift += 8) {
        const at = ((hash[word]! >>> shift) & 0xff) << 2;
        const carry = carries[d & 0xff]!;
        d = ((d >>> 8) | (c << 24)) ^ products[at + 3]!;
        c = ((c >>> 8) | (b << 24)) ^ products[at + 2]!;
        b = ((b >>> 8) | (a << 24)) ^ products[at + 1]!;
        a = (a >>> 8) ^ carry ^ products[at]!;
      }
    }
    hash[0] = a;
    hash[1] = b;
    hash[2] = c;
    hash[3] = d;
  }
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;

/** Room for nonces of 96 bits, and the counters behind them: 1 for the tag, 2 for the first block of text (section 7.1). */
function counterBlocks(blocks: number): Uint8Array {
  const bytes = Buffer.alloc(blocks * BLOCK_BYTES);
  for (let block = 0; block < blocks; block++) bytes.writeUInt32BE(block + 1, block * BLOCK_BYTES + 12);
  return bytes;
}

/**
 * What each of the 256 bytes at the left of a block is, times the key of the hash: 4 KiB. Tables for all 16 places spare the
 * shifts and cost 64 KiB a key, which ten connections at once push out of the processor's cache.
 */
function productsOf(hashKey: Uint8Array): Int32Array {
  const products = new Int32Array(256 * BLOCK_WORDS);
  let power = [0, 4, 8, 12].map((at) => wordAt(hashKey, at));
  for (let bit = 128; bit > 0; bit >>= 1) {
    products.set(power, bit * BLOCK_WORDS);
    power = timesX(power);
  }
  for (let high = 2; high < 256; high <<= 1)
    for (let low = 1; low < high; low++)
      for (let word = 0; word < BLOCK_WORDS; word++)
        products[(high + low) * 4 + word] = products[high * 4 + word]! ^ products[low * 4 + word]!;
  return products;
}

/** What a byte that leaves a block on the right comes back as, in its first word. */
const carries = Int32Array.from({ length: 256 }, (_, byte) => {
  let words = [0, 0, 0, byte];
  for (let bit = 0; bit < 8; bit++) words = timesX(words);
  return words[0]!;
});

function timesX(words: readonly number[]): number[] {
  const [a, b, c, d] = words as [number, number, number, number];
  const carry = d & 1 ? REDUCTION : 0;
  return [(a >>> 1) ^ carry, (b >>> 1) | (a << 31), (c >>> 1) | (b << 31), (d >>> 1) | (c << 31)];
}
