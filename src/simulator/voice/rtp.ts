/** Builds RTP packets (RFC 3550) in the shapes that Discord's clients send, transport encryption left to the caller. */

export interface PacketShape {
  /** A header extension with the one-byte profile BEDE (RFC 8285), as Discord's clients put on speech. */
  extension: boolean;
  /** The P bit and padding inside the encrypted part. With an extension the first byte is B0. */
  padding: boolean;
  /** The marker bit on the first packet of a spurt. */
  marker: boolean;
}

export const plainShape: Readonly<PacketShape> = { extension: false, padding: false, marker: false };

export interface RtpFrame {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** The Opus packet, DAVE-encrypted where the room is. */
  readonly payload: Uint8Array;
  readonly firstOfSpurt: boolean;
}

export interface RtpPacket {
  /** Sent in the clear, authenticated: 12 bytes, and the 4 bytes that open an extension. */
  readonly header: Buffer;
  /** To be encrypted: extension body, payload, padding. */
  readonly body: Buffer;
}

/** Opus, by Discord's voice documentation ("Payload Type 0x78"). */
const PAYLOAD_TYPE = 0x78;
/** Two words of one-byte elements (RFC 8285 section 4.2): audio level (RFC 6464) and one of 3 bytes, zero padded. */
const EXTENSION_BODY = Buffer.from([0x10, 0x9c, 0x92, 0x00, 0x07, 0x21, 0x00, 0x00]);
/** Any count from 1 to 255 is allowed; the last byte holds it (RFC 3550 section 5.1). */
const PADDING = Buffer.from([0, 0, 0, 0, 5]);

/**
 * In the `_rtpsize` modes the header that stays in the clear ends after the extension's profile and length; its body
 * is encrypted with the payload (Discord, voice connections, "Transport Encryption Modes").
 */
export function buildRtp(frame: RtpFrame, shape: PacketShape): RtpPacket {
  const header = Buffer.alloc(shape.extension ? 16 : 12);
  header[0] = 0x80 | (shape.padding ? 0x20 : 0) | (shape.extension ? 0x10 : 0);
  header[1] = PAYLOAD_TYPE | (shape.marker && frame.firstOfSpurt ? 0x80 : 0);
  header.writeUInt16BE(frame.sequence, 2);
  header.writeUInt32BE(frame.timestamp, 4);
  header.writeUInt32BE(frame.ssrc, 8);
  const parts: Uint8Array[] = [frame.payload];
  if (shape.extension) {
    header.writeUInt16BE(0xbede, 12);
    header.writeUInt16BE(EXTENSION_BODY.length / 4, 14);
    parts.unshift(EXTENSION_BODY);
  }
  if (shape.padding) parts.push(PADDING);
  return { header, body: Buffer.concat(parts) };
}
