/** A PNG without what is no part of its picture. Pure. */

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;
/** Bit 5 of a chunk's first letter: a decoder may pass over it (PNG specification, 5.4). */
const ANCILLARY = 0x20;
/** Transparency is a part of the picture all the same. */
const KEPT_ANCILLARY = 'tRNS';

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, at) => bytes[at] === byte);

/**
 * Compressed texts and colour profiles are inflated by ffmpeg's decoder without a limit: a file of 900 kB takes 2.7 GB of
 * memory. Reading ends where a chunk does not fit into the file.
 */
export function plainPng(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [SIGNATURE];
  for (let at = SIGNATURE.length; at + FRAME_BYTES <= bytes.length;) {
    const end = at + FRAME_BYTES + view.getUint32(at);
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const isCritical = (bytes[at + 4]! & ANCILLARY) === 0;
    if (isCritical || type === KEPT_ANCILLARY) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
