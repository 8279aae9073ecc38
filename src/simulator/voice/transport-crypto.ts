/** Transport encryption of one connection: both AEAD modes that Discord offers, in their `_rtpsize` layout. */
import { createCipheriv, createSecretKey } from 'node:crypto';
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
