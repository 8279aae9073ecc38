/** Voice datagrams made by hand from RFC 3550 and Discord's `rtpsize` layout, independent of the simulator's encoder. */
import { createCipheriv } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

export type Mode = 'aead_aes256_gcm_rtpsize' | 'aead_xchacha20_poly1305_rtpsize';

export interface PacketOptions {
  mode?: Mode;
  key?: Uint8Array;
  version?: number;
  payloadType?: number;
  marker?: boolean;
  sequence?: number;
  timestamp?: number;
  ssrc?: number;
  sources?: readonly number[];
  /** Body of a header extension, a multiple of 4 bytes. */
  extension?: { profile: number; body: Buffer };
  /** Bytes of padding, its count included. */
  padding?: number;
  /** More bits for the first byte, to contradict the rest. */
  flags?: number;
  /** The extension's length as claimed. */
  extensionWords?: number;
  opus?: Buffer;
  nonce?: number;
}

export const KEY = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1);
export const OPUS = Buffer.from([0xfc, 1, 2, 3, 4, 5, 6, 7]);

export function makePacket(options: PacketOptions = {}): Buffer {
  const { mode = 'aead_aes256_gcm_rtpsize', key = KEY, sources = [], extension, padding = 0 } = options;
  const header = Buffer.alloc(12 + 4 * sources.length + (extension === undefined ? 0 : 4));
  const flags =
    (padding > 0 ? 0x20 : 0) | (extension === undefined ? 0 : 0x10) | sources.length | (options.flags ?? 0);
  header[0] = ((options.version ?? 2) << 6) | flags;
  header[1] = (options.marker === true ? 0x80 : 0) | (options.payloadType ?? 0x78);
  header.writeUInt16BE(options.sequence ?? 1, 2);
  header.writeUInt32BE(options.timestamp ?? 960, 4);
  header.writeUInt32BE(options.ssrc ?? 4242, 8);
  sources.forEach((source, index) => header.writeUInt32BE(source, 12 + 4 * index));
  if (extension !== undefined) {
    header.writeUInt16BE(extension.profile, 12 + 4 * sources.length);
    header.writeUInt16BE(options.extensionWords ?? extension.body.length / 4, 14 + 4 * sources.length);
  }
  const filler = Buffer.alloc(padding);
  if (padding > 0) filler[padding - 1] = padding;
  const plain = Buffer.concat([extension?.body ?? Buffer.alloc(0), options.opus ?? OPUS, filler]);
  const nonce = Buffer.alloc(mode === 'aead_aes256_gcm_rtpsize' ? 12 : 24);
  nonce.writeUInt32BE(options.nonce ?? 99, 0);
  return Buffer.concat([header, seal(mode, key, nonce, header, plain), nonce.subarray(0, 4)]);
}

function seal(mode: Mode, key: Uint8Array, nonce: Buffer, header: Buffer, plain: Buffer): Buffer {
  if (mode === 'aead_xchacha20_poly1305_rtpsize') {
    return Buffer.from(xchacha20poly1305(key, nonce, header).encrypt(plain));
  }
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(header);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** A copy with one bit of byte `at` turned; counted from the end when negative. */
export function flipped(datagram: Buffer, at: number): Buffer {
  const copy = Buffer.from(datagram);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = copy[index]! ^ 1;
  return copy;
}
