/** One Ogg page, written and read (RFC 3533 section 6). A track never lets a packet span pages, so readers stay simple. */
import { oggCrc32 } from './crc32.ts';

const HEADER_BYTES = 27;
/** "OggS" read as a big-endian number. */
const CAPTURE = 0x4f676753;
/** Where in a page these begin. */
export const GRANULE_AT = 6;
export const SEQUENCE_AT = 18;
export const CHECKSUM_AT = 22;
export const MAX_SEGMENTS = 255;
export const CONTINUED = 1;
export const FIRST_PAGE = 2;
export const LAST_PAGE = 4;

export interface PageHead {
  /** CONTINUED, FIRST_PAGE, LAST_PAGE. */
  flags: number;
  /** End of the last packet on the page in samples at 48 kHz, from the first packet's start (RFC 7845 section 4). */
  granule: number;
  serial: number;
  sequence: number;
}

export interface Page extends PageHead {
  /** Views into the bytes that were read. */
  packets: Uint8Array[];
  /** Whether the last packet goes on in the next page (never in files of ours). */
  unfinished: boolean;
  bytes: number;
}

/** Segments that a packet takes in a page's lacing: 255 each, and a last one below 255. */
export const segmentsOf = (packet: Uint8Array): number => Math.floor(packet.length / 255) + 1;

/** Puts whole packets into one page. The caller keeps the sum of `segmentsOf` within MAX_SEGMENTS. */
export function encodePage(head: PageHead, packets: readonly Uint8Array[]): Buffer {
  let segments = 0;
  let body = 0;
  for (const packet of packets) {
    segments += segmentsOf(packet);
    body += packet.length;
  }
  if (segments > MAX_SEGMENTS) throw new RangeError(`an Ogg page holds 255 segments, not ${segments}`);
  const page = Buffer.allocUnsafe(HEADER_BYTES + segments + body);
  page.writeUInt32BE(CAPTURE, 0);
  page[4] = 0; // stream structure version
  page[5] = head.flags;
  writeGranule(page, head.granule);
  page.writeUInt32LE(head.serial, 14);
  page.writeUInt32LE(head.sequence >>> 0, SEQUENCE_AT);
  page.writeUInt32LE(0, CHECKSUM_AT);
  page[26] = segments;
  let lacingAt = HEADER_BYTES;
  let bodyAt = HEADER_BYTES + segments;
  for (const packet of packets) {
    for (let left = packet.length; ; left -= 255) {
      page[lacingAt++] = Math.min(left, 255);
      if (left < 255) break;
    }
    page.set(packet, bodyAt);
    bodyAt += packet.length;
  }
  page.writeUInt32LE(oggCrc32(page), CHECKSUM_AT);
  return page;
}

/** Granules are 64 bit; ours stay exact as numbers for 5,950 years. */
export function writeGranule(bytes: Buffer, granule: number, pageAt = 0): void {
  bytes.writeUInt32LE(granule % 0x1_0000_0000, pageAt + GRANULE_AT);
  bytes.writeUInt32LE(Math.floor(granule / 0x1_0000_0000), pageAt + GRANULE_AT + 4);
}

/**
 * Reads the page that begins at `at`.
 * @returns the page, `'short'` when the bytes end before it does, or `'broken'` when it is not a whole page.
 */
export function decodePage(bytes: Buffer, at: number): Page | 'short' | 'broken' {
  if (bytes.length - at < HEADER_BYTES) return 'short';
  if (bytes.readUInt32BE(at) !== CAPTURE || bytes[at + 4] !== 0) return 'broken';
  const segments = bytes[at + 26]!;
  const bodyAt = at + HEADER_BYTES + segments;
  if (bytes.length < bodyAt) return 'short';
  const packets: Uint8Array[] = [];
  let packetAt = bodyAt;
  let end = bodyAt;
  let unfinished = false;
  for (let lacing = at + HEADER_BYTES; lacing < bodyAt; lacing++) {
    const length = bytes[lacing]!;
    end += length;
    unfinished = length === 255;
    if (unfinished) continue;
    packets.push(bytes.subarray(packetAt, end));
    packetAt = end;
  }
  if (bytes.length < end) return 'short';
  if (unfinished) packets.push(bytes.subarray(packetAt, end));
  // The checksum field itself counts as zero.
  let crc = oggCrc32(bytes, at, at + 22);
  crc = oggCrc32(ZERO, 0, 4, crc);
  if (oggCrc32(bytes, at + 26, end, crc) !== bytes.readUInt32LE(at + 22)) return 'broken';
  return {
    flags: bytes[at + 5]!,
    granule: bytes.readUInt32LE(at + 6) + bytes.readInt32LE(at + 10) * 0x1_0000_0000,
    serial: bytes.readUInt32LE(at + 14),
    sequence: bytes.readUInt32LE(at + 18),
    packets,
    unfinished,
    bytes: end - at,
  };
}

const ZERO = new Uint8Array(4);
