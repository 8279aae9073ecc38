/**
 * RTP as Discord's voice servers send it (RFC 3550; the `rtpsize` transport modes). The header, its CSRC list and the
 * first four bytes of an extension travel in the clear and are authenticated; everything after is encrypted.
 */

export interface RtpHeader {
  ssrc: number;
  sequence: number;
  timestamp: number;
  /** First packet of a talk-spurt, where the sender says so. */
  marker: boolean;
  /** Bytes in the clear: 12 + 4 per CSRC + 4 when an extension follows. They are the AEAD's associated data. */
  clearBytes: number;
  /** Encrypted bytes of header extension before the payload (RFC 3550, 5.3.1: the length counts 32-bit words). */
  extensionBytes: number;
  padded: boolean;
}

/** Why a datagram is not voice; each is counted, none is an error. */
export type NotVoice = 'short' | 'version' | 'payload-type';

/** Discord's payload type for Opus (`RTP_OPUS_PAYLOAD_TYPE` of @discordjs/voice). RTCP and video have others. */
const OPUS_PAYLOAD_TYPE = 0x78;
const FIXED_HEADER_BYTES = 12;
/** The AEAD tag and the four nonce bytes behind the ciphertext. */
export const TRAILER_BYTES = 16 + 4;

/** Reads the clear part of a datagram. Keepalive echoes (8 bytes) and discovery replies (74 bytes) are not voice. */
export function parseRtp(datagram: Buffer): RtpHeader | NotVoice {
  if (datagram.length < FIXED_HEADER_BYTES + TRAILER_BYTES) return 'short';
  const first = datagram[0]!;
  if (first >> 6 !== 2) return 'version';
  const second = datagram[1]!;
  if ((second & 0x7f) !== OPUS_PAYLOAD_TYPE) return 'payload-type';
  const extended = (first & 0x10) !== 0;
  const afterSources = FIXED_HEADER_BYTES + 4 * (first & 0x0f);
  const clearBytes = afterSources + (extended ? 4 : 0);
  if (datagram.length < clearBytes + TRAILER_BYTES) return 'short';
  return {
    ssrc: datagram.readUInt32BE(8),
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    marker: (second & 0x80) !== 0,
    clearBytes,
    extensionBytes: extended ? 4 * datagram.readUInt16BE(afterSources + 2) : 0,
    padded: (first & 0x20) !== 0,
  };
}

/**
 * Takes padding (from the end, its last byte counts it) and the extension's body (from the start) off the decrypted part.
 * Null when the lengths contradict each other; an empty result is a packet without audio.
 */
export function stripPayload(header: RtpHeader, plain: Buffer): Buffer | null {
  const padding = header.padded ? (plain[plain.length - 1] ?? 0) : 0;
  const end = plain.length - padding;
  return end < header.extensionBytes ? null : plain.subarray(header.extensionBytes, end);
}
