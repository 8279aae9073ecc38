/**
 * An entry of a redo log, little-endian: `CRC-32 of all that follows u32 | generation u32 | file u32 | position u48 | bytes
 * u32`, and the bytes that were written to that position of the file. A file's number is twice its track's, one more for the index.
 */
import { crc32 } from 'node:zlib';

export interface RedoPut {
  file: number;
  position: number;
  bytes: Uint8Array;
}

const HEAD_BYTES = 22;

export function encodeRedoEntries(generation: number, puts: readonly RedoPut[]): Buffer {
  const entries = Buffer.allocUnsafe(puts.reduce((sum, { bytes }) => sum + HEAD_BYTES + bytes.length, 0));
  let at = 0;
  for (const { file, position, bytes } of puts) {
    const end = at + HEAD_BYTES + bytes.length;
    entries.writeUInt32LE(generation, at + 4);
    entries.writeUInt32LE(file, at + 8);
    entries.writeUIntLE(position, at + 12, 6);
    entries.writeUInt32LE(bytes.length, at + 18);
    entries.set(bytes, at + HEAD_BYTES);
    entries.writeUInt32LE(crc32(entries.subarray(at + 4, end)), at);
    at = end;
  }
  return entries;
}

/** The entries of a log up to the first that is torn or of another generation than the first; 0 when there is none. */
export function decodeRedoEntries(log: Buffer): { generation: number; puts: RedoPut[] } {
  const puts: RedoPut[] = [];
  let generation = 0;
  for (let at = 0; at + HEAD_BYTES <= log.length;) {
    const end = at + HEAD_BYTES + log.readUInt32LE(at + 18);
    if (end > log.length || crc32(log.subarray(at + 4, end)) !== log.readUInt32LE(at)) break;
    generation ||= log.readUInt32LE(at + 4);
    if (generation !== log.readUInt32LE(at + 4)) break;
    const bytes = log.subarray(at + HEAD_BYTES, end);
    puts.push({ file: log.readUInt32LE(at + 8), position: log.readUIntLE(at + 12, 6), bytes });
    at = end;
  }
  return { generation, puts };
}
