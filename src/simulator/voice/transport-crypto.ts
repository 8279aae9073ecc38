/** Transport encryption of one connection: both AEAD modes that Discord offers, in their `_rtpsize` layout. */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { EncryptionMode } from './contract.ts';
import type { RtpPacket } from './rtp.ts';

export const ALL_MODES: readonly EncryptionMode[] = [
  'aead_aes256_gcm_rtpsize',
  'aead_xchacha20_poly1305_rtpsize',
];

export type Seal = (packet: RtpPacket) => Buffer;

type Encrypt = (packet: RtpPacket, nonce: number) => Buffer;

function aesGcm(secretKey: Uint8Array): Encrypt {
  const key = createSecretKey(secretKey);
  const nonceBytes = Buffer.alloc(12);
  return ({ header, body }, nonce) => {
    nonceBytes.writeUInt32BE(nonce, 0);
    const cipher = createCipheriv('aes-256-gcm', key, nonceBytes);
    cipher.setAAD(header);
    return Buffer.concat([cipher.update(body), cipher.final(), cipher.getAuthTag()]);
  };
}

function xChaCha(secretKey: Uint8Array): Encrypt {
  const nonceBytes = Buffer.alloc(24);
  return ({ header, body }, nonce) => {
    nonceBytes.writeUInt32BE(nonce, 0);
    return Buffer.from(xchacha20poly1305(secretKey, nonceBytes, header).encrypt(body));
  };
}

/**
 * Seals packets under a 32-byte key: header | ciphertext | 16-byte tag | u32 nonce. The nonce counts up from 1 for the
 * life of the connection and is zero padded to the cipher's nonce length.
 */
export function createSeal(mode: EncryptionMode, secretKey: Uint8Array): Seal {
  const encrypt = mode === 'aead_aes256_gcm_rtpsize' ? aesGcm(secretKey) : xChaCha(secretKey);
  let nonce = 0;
  return (packet) => {
    nonce = (nonce + 1) >>> 0;
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(nonce);
    return Buffer.concat([packet.header, encrypt(packet, nonce), suffix]);
  };
}

/** Undefined for a datagram that does not hold under the key. */
export type Open = (datagram: Buffer) => RtpPacket | undefined;

const TAG_BYTES = 16;
const SUFFIX_BYTES = 4;
const HEADER_BYTES = 12;

/** Opens what a client seals. Clients of ours send neither extensions nor CSRCs: their header is 12 bytes. */
export function createOpen(mode: EncryptionMode, secretKey: Uint8Array): Open {
  const isGcm = mode === 'aead_aes256_gcm_rtpsize';
  return (datagram) => {
    if (datagram.length < HEADER_BYTES + TAG_BYTES + SUFFIX_BYTES) return undefined;
    const header = datagram.subarray(0, HEADER_BYTES);
    const sealed = datagram.subarray(HEADER_BYTES, -SUFFIX_BYTES);
    const nonce = Buffer.alloc(isGcm ? 12 : 24);
    datagram.copy(nonce, 0, datagram.length - SUFFIX_BYTES);
    try {
      if (!isGcm) {
        return { header, body: Buffer.from(xchacha20poly1305(secretKey, nonce, header).decrypt(sealed)) };
      }
      const decipher = createDecipheriv('aes-256-gcm', secretKey, nonce);
      decipher.setAAD(header);
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      return {
        header,
        body: Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]),
      };
    } catch {
      return undefined;
    }
  };
}
