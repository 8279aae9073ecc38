/** Builds RTP packets (RFC 3550) in the shapes that Discord's clients send, transport encryption left to the caller. */

export interface PacketShape {
  /**
   * A header extension (RFC 8285): `true` with one-byte elements, profile BEDE, as Discord's clients put on speech;
   * `two-byte` with the other profile, 1000.
   */
  extension: boolean | 'two-byte';
  /** The P bit and padding inside the encrypted part. With an extension the first byte is B0. */
  padding: boolean;
  /** The marker bit on the first packet of a spurt. */
  marker: boolean;
  /** Contributing sources in the header (RFC 3550 section 5.1), 0 (default) to 15 of them. */
  sources?: number;
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
  /** Sent in the clear, authenticated: 12 bytes, 4 for each contributing source, and the 4 that open an extension. */
  readonly header: Buffer;
  /** To be encrypted: extension body, payload, padding. */
  readonly body: Buffer;
}

/** Opus, by Discord's voice documentation ("Payload Type 0x78"). */
const PAYLOAD_TYPE = 0x78;
/** Two words of one-byte elements (RFC 8285 section 4.2): audio level (RFC 6464) and one of 3 bytes, zero padded. */
const EXTENSION_BODY = Buffer.from([0x10, 0x9c, 0x92, 0x00, 0x07, 0x21, 0x00, 0x00]);
/** The same two elements with two-byte headers (section 4.3): id, length, content; padded with a zero. */
const TWO_BYTE_BODY = Buffer.from([0x01, 0x01, 0x9c, 0x09, 0x02, 0x07, 0x21, 0x00]);
const EXTENSIONS = {
  'one-byte': { profile: 0xbede, body: EXTENSION_BODY },
  'two-byte': { profile: 0x1000, body: TWO_BYTE_BODY },
};
/** Any count from 1 to 255 is allowed; the last byte holds it (RFC 3550 section 5.1). */
const PADDING = Buffer.from([0, 0, 0, 0, 5]);

/**
 * In the `_rtpsize` modes the header that stays in the clear ends after the extension's profile and length; its body
 * is encrypted with the payload (Discord, voice connections, "Transport Encryption Modes").
 */
export function buildRtp(frame: RtpFrame, shape: PacketShape): RtpPacket {
  const { extension: wanted, sources = 0 } = shape;
  const extension = wanted === false ? undefined : EXTENSIONS[wanted === true ? 'one-byte' : wanted];
  const afterSources = 12 + 4 * sources;
  const header = Buffer.alloc(afterSources + (extension ? 4 : 0));
  header[0] = 0x80 | (shape.padding ? 0x20 : 0) | (extension ? 0x10 : 0) | sources;
  header[1] = PAYLOAD_TYPE | (shape.marker && frame.firstOfSpurt ? 0x80 : 0);
  header.writeUInt16BE(frame.sequence, 2);
  header.writeUInt32BE(frame.timestamp, 4);
  header.writeUInt32BE(frame.ssrc, 8);
  for (let at = 12; at < afterSources; at += 4) header.writeUInt32BE((frame.ssrc ^ at) >>> 0, at);
  const parts: Uint8Array[] = [frame.payload];
  if (extension) {
    header.writeUInt16BE(extension.profile, afterSources);
    header.writeUInt16BE(extension.body.length / 4, afterSources + 2);
    parts.unshift(extension.body);
  }
  if (shape.padding) parts.push(PADDING);
  return { header, body: Buffer.concat(parts) };
}
