import { createCipheriv, randomBytes, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { GcmOpener, TAG_BYTES } from '../../../recorder/voice/gcm.ts';
import { seededRandom } from '../support/network.ts';

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/** Test cases 13 to 16 of the GCM specification that NIST validates by (McGrew and Viega, appendix B: 256-bit keys). */
const ZERO_KEY = '00'.repeat(32);
const KEY = 'feffe9928665731c6d6a8f9467308308'.repeat(2);
const NONCE = 'cafebabefacedbaddecaf888';
const TEXT =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
  '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255';
const SEALED =
  '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa' +
  '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad';
const CLEAR = 'feedfacedeadbeeffeedfacedeadbeefabaddad2';
const published = [
  {
    key: ZERO_KEY,
    nonce: '00'.repeat(12),
    clear: '',
    text: '',
    sealed: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    ...{ key: ZERO_KEY, nonce: '00'.repeat(12), clear: '', text: '00'.repeat(16) },
    ...{ sealed: 'cea7403d4d606b6e074ec5d3baf39d18', tag: 'd0d1c8a799996bf0265b98b5d48ab919' },
  },
  { key: KEY, nonce: NONCE, clear: '', text: TEXT, sealed: SEALED, tag: 'b094dac5d93471bdec1a502270e3cc6c' },
  {
    ...{ key: KEY, nonce: NONCE, clear: CLEAR, text: TEXT.slice(0, 120) },
    ...{ sealed: SEALED.slice(0, 120), tag: '76fc6ece0f4e1768cddf8853bb2d551b' },
  },
];

test.each(published)('opens what the specification publishes: tag $tag', (vector) => {
  const message = Buffer.concat([hex(vector.clear), hex(vector.sealed), hex(vector.tag)]);
  const opener = new GcmOpener(hex(vector.key));
  const tagAt = message.length - TAG_BYTES;
  const plain = opener.open(message, hex(vector.clear).length, tagAt, hex(vector.nonce));
  expect(plain?.toString('hex')).toBe(vector.text);
});

test('opens what OpenSSL sealed, at every length, and nothing of which a single bit was changed', () => {
  const seed = randomInt(2 ** 31);
  const random = seededRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  const failed: object[] = [];
  for (let round = 0; round < 20; round++) {
    const key = bytes(32);
    const opener = new GcmOpener(key);
    // The last is longer than any datagram of ours, so that the counters have to grow.
    for (const length of [...Array.from({ length: 60 }, () => below(300)), below(3_000), 4_000]) {
      const [nonce, clear, text] = [bytes(12), bytes(below(70)), bytes(length)];
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(clear);
      const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
      const message = Buffer.concat([clear, sealed]);
      const tagAt = message.length - TAG_BYTES;
      const plain = opener.open(message, clear.length, tagAt, nonce);
      const bit = below(8 * message.length);
      message[bit >> 3]! ^= 1 << (bit & 7);
      const forged = opener.open(message, clear.length, tagAt, nonce);
      if (plain?.equals(text) !== true || forged !== null) failed.push({ seed, round, length, bit });
    }
  }
  expect(failed).toEqual([]);
});

test('gives each plaintext memory of its own: it waits in a page while others are opened', () => {
  const key = randomBytes(32);
  const opener = new GcmOpener(key);
  const seal = (nonce: Buffer, text: string): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  };
  const plains = ['first', 'other'].map((text, at) => {
    const nonce = Buffer.alloc(12, at);
    return opener.open(seal(nonce, text), 0, text.length, nonce);
  });
  expect(plains.map(String)).toEqual(['first', 'other']);
});
