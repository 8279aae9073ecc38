/** What the header of a FLAC file says of it. */
import { open } from 'node:fs/promises';

/** The mark, and the block that comes first in every file: STREAMINFO (RFC 9639, sections 8.1 and 8.2). */
const HEADER_BYTES = 42;

/** Samples per channel; 0 where it says none, as of a file that was cut short, and of what is no FLAC. */
export async function flacSamples(path: string): Promise<number> {
  const header = await readHeader(path);
  // 36 bits, behind 20 of the rate, 3 of the channels and 5 of the sample's.
  return header === undefined ? 0 : (header[21]! & 0x0f) * 2 ** 32 + header.readUInt32BE(22);
}

/** Hex, of the sound and not of the file. Undefined where it says none, and for what is no FLAC. */
export async function flacMd5(path: string): Promise<string | undefined> {
  const md5 = (await readHeader(path))?.subarray(26);
  return md5?.some((byte) => byte !== 0) === true ? md5.toString('hex') : undefined;
}

async function readHeader(path: string): Promise<Buffer | undefined> {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = await open(path);
  try {
    await file.read(header, 0, HEADER_BYTES, 0);
  } finally {
    await file.close();
  }
  return header.toString('latin1', 0, 4) === 'fLaC' ? header : undefined;
}
