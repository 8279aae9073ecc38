/** RTP packets bit by bit, and both transport modes opened again by hand. */
import { createDecipheriv } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expect, test } from 'vitest';
import { buildRtp, plainShape, type PacketShape } from '../../../src/simulator/voice/rtp.ts';
import { createSeal } from '../../../src/simulator/voice/transport-crypto.ts';
import { answerDiscovery } from '../../../src/simulator/voice/udp.ts';

const frame = {
  sequence: 0x1234,
  timestamp: 0x89abcdef,
  ssrc: 0x01020304,
  payload: Buffer.from('opus'),
  firstOfSpurt: true,
};

test.each<{ shape: Partial<PacketShape>; header: string; body: string }>([
  { shape: {}, header: '8078123489abcdef01020304', body: '6f707573' },
  { shape: { marker: true }, header: '80f8123489abcdef01020304', body: '6f707573' },
  { shape: { padding: true }, header: 'a078123489abcdef01020304', body: '6f7075730000000005' },
  {
    shape: { extension: true },
    header: '9078123489abcdef01020304bede0002',
    body: '109c9200072100006f707573',
  },
  {
    shape: { extension: true, padding: true },
    header: 'b078123489abcdef01020304bede0002',
    body: '109c9200072100006f7075730000000005',
  },
  {
    shape: { extension: 'two-byte' },
    header: '9078123489abcdef0102030410000002',
    body: '01019c09020721006f707573',
  },
  {
    shape: { sources: 2 },
    header: '8278123489abcdef010203040102030801020314',
    body: '6f707573',
  },
  {
    shape: { sources: 1, extension: true, padding: true },
    header: 'b178123489abcdef0102030401020308bede0002',
    body: '109c9200072100006f7075730000000005',
  },
])('shape $shape', ({ shape, header, body }) => {
  const packet = buildRtp(frame, { ...plainShape, ...shape });
  expect(packet.header.toString('hex')).toBe(header);
  expect(packet.body.toString('hex')).toBe(body);
});

test('the marker is on the first packet of a spurt only', () => {
  expect(buildRtp({ ...frame, firstOfSpurt: false }, { ...plainShape, marker: true }).header[1]).toBe(0x78);
});

const key = Buffer.alloc(32, 9);
const packet = buildRtp(frame, { ...plainShape, extension: true });
const parts = (sealed: Buffer) => ({
  header: sealed.subarray(0, 16),
  ciphertext: sealed.subarray(16, -20),
  tag: sealed.subarray(-20, -4),
  suffix: sealed.subarray(-4),
});

test('AES-256-GCM: header with the extension preamble authenticated, nonce counted in the suffix', () => {
  const seal = createSeal('aead_aes256_gcm_rtpsize', key);
  expect(parts(seal(packet)).suffix.readUInt32BE()).toBe(1);
  const { header, ciphertext, tag, suffix } = parts(seal(packet));
  expect(suffix.readUInt32BE()).toBe(2);
  expect(header).toEqual(packet.header);
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.concat([suffix, Buffer.alloc(8)]));
  decipher.setAAD(header).setAuthTag(tag);
  expect(Buffer.concat([decipher.update(ciphertext), decipher.final()])).toEqual(packet.body);
});

test('XChaCha20-Poly1305: the same layout, nonce padded to 24 bytes', () => {
  const { header, ciphertext, tag, suffix } = parts(
    createSeal('aead_xchacha20_poly1305_rtpsize', key)(packet),
  );
  const nonce = Buffer.concat([suffix, Buffer.alloc(20)]);
  const opened = xchacha20poly1305(key, nonce, header).decrypt(Buffer.concat([ciphertext, tag]));
  expect(Buffer.from(opened)).toEqual(packet.body);
});

test('IP discovery is answered with the address that asked', () => {
  const request = Buffer.alloc(74);
  request.writeUInt16BE(1, 0);
  request.writeUInt16BE(70, 2);
  request.writeUInt32BE(0xcafe, 4);
  const reply = answerDiscovery(request, { address: '127.0.0.1', port: 50_000 })!;
  expect(reply.subarray(0, 8).toString('hex')).toBe('000200460000cafe');
  expect(reply.subarray(8, reply.indexOf(0, 8)).toString()).toBe('127.0.0.1');
  expect(reply.readUInt16BE(72)).toBe(50_000);
  expect(answerDiscovery(reply, { address: '127.0.0.1', port: 1 })).toBeUndefined();
  expect(answerDiscovery(Buffer.alloc(8), { address: '127.0.0.1', port: 1 })).toBeUndefined();
});
