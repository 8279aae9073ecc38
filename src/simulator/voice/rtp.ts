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
