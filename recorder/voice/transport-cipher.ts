/** The two transport modes of Discord's voice servers, for receiving: AES-256-GCM, and XChaCha20 in noble. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { GcmOpener, TAG_BYTES } from './gcm.ts';

export interface TransportCipher {
  /** The plaintext of a datagram whose first `clearBytes` are authenticated only; null when it is not authentic. */
  open(datagram: Buffer, clearBytes: number): Buffer | null;
}

const NONCE_BYTES = 4;

/**
 * A cipher for one key, with a nonce of its own: the library's `nonceBuffer` belongs to its sending side. Null for a mode
 * or a key that no client could use.
 */
export function createTransportCipher(mode: string, secretKey: Uint8Array): TransportCipher | null {
  if (secretKey.length !== 32) return null;
  if (mode === 'aead_aes256_gcm_rtpsize') return aesGcm(secretKey);
  if (mode === 'aead_xchacha20_poly1305_rtpsize') return xChaCha(secretKey);
  return null;
}

function aesGcm(secretKey: Uint8Array): TransportCipher {
  const opener = new GcmOpener(secretKey);
  const nonce = Buffer.alloc(12);
  return {
    open(datagram, clearBytes) {
      const nonceAt = datagram.length - NONCE_BYTES;
      datagram.copy(nonce, 0, nonceAt);
      return opener.open(datagram, clearBytes, nonceAt - TAG_BYTES, nonce);
    },
  };
}

function xChaCha(secretKey: Uint8Array): TransportCipher {
  const key = Uint8Array.from(secretKey);
  const nonce = Buffer.alloc(24);
  return {
    open(datagram, clearBytes) {
      const nonceAt = datagram.length - NONCE_BYTES;
      datagram.copy(nonce, 0, nonceAt);
      try {
        const aead = xchacha20poly1305(key, nonce, datagram.subarray(0, clearBytes));
        const plain = aead.decrypt(datagram.subarray(clearBytes, nonceAt));
        return Buffer.from(plain.buffer, plain.byteOffset, plain.length);
      } catch {
        return null;
      }
    },
  };
}
