/** What the header of a FLAC file says of it. */
import { open } from 'node:fs/promises';

/** The mark, and the block that comes first in every file: STREAMINFO (RFC 9639, sections 8.1 and 8.2). */
const HEADER_BYTES = 42;

/** Samples per channel; 0 where it says none, as of a file that was cut short, and of what is no FLAC. */
export async function flacSamples(path: string): Promise<number> {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = await open(path);
  try {
    await file.read(header, 0, HEADER_BYTES, 0);
  } finally {
    await file.close();
  }
  if (header.toString('latin1', 0, 4) !== 'fLaC') return 0;
  // 36 bits, behind 20 of the rate, 3 of the channels and 5 of the sample's.
  return (header[21]! & 0x0f) * 2 ** 32 + header.readUInt32BE(22);
}
