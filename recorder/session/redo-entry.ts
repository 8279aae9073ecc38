/**
 * An entry of a redo log, little-endian: `CRC-32 of all that follows u32 | generation u32 | file u32 | position u48 | bytes
 * u32`, and the bytes that were written to that position of the file. A file's number is twice its track's, one more for the
 * index. Of full pages of silence (2^31 added to the file's number), of which there may be hours, only `pages u32 | samples
 * u48 | sequence u32` is kept: how many, and what the first needs to be made again.
 */
import { crc32 } from 'node:zlib';
import type { SilencePlace } from '../ogg/silence-page.ts';

/** So many full pages of silence. */
export interface SilenceRun extends SilencePlace {
  pages: number;
}

export interface RedoPut {
  file: number;
  position: number;
  /** What was written, or what silence was. */
  bytes: Uint8Array | SilenceRun;
}

const HEAD_BYTES = 22;
const SILENCE = 2 ** 31;
const SILENCE_BYTES = 14;

export function encodeRedoEntries(generation: number, puts: readonly RedoPut[]): Buffer {
  const lengthOf = ({ bytes }: RedoPut) => ('pages' in bytes ? SILENCE_BYTES : bytes.length);
  const entries = Buffer.allocUnsafe(puts.reduce((sum, put) => sum + HEAD_BYTES + lengthOf(put), 0));
  let at = 0;
  for (const put of puts) {
    const { file, position, bytes } = put;
    const length = lengthOf(put);
    const body = at + HEAD_BYTES;
    const end = body + length;
    entries.writeUInt32LE(generation, at + 4);
    entries.writeUInt32LE('pages' in bytes ? file + SILENCE : file, at + 8);
    entries.writeUIntLE(position, at + 12, 6);
    entries.writeUInt32LE(length, at + 18);
    if ('pages' in bytes) {
      entries.writeUInt32LE(bytes.pages, body);
      entries.writeUIntLE(bytes.samples, body + 4, 6);
      entries.writeUInt32LE(bytes.sequence, body + 10);
    } else entries.set(bytes, body);
    entries.writeUInt32LE(crc32(entries.subarray(at + 4, end)), at);
    at = end;
  }
  return entries;
}

function bodyOf(log: Buffer, isSilence: boolean, from: number, end: number): RedoPut['bytes'] {
  if (!isSilence) return log.subarray(from, end);
  return {
    pages: log.readUInt32LE(from),
    samples: log.readUIntLE(from + 4, 6),
    sequence: log.readUInt32LE(from + 10),
  };
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
    const marked = log.readUInt32LE(at + 8);
    const bytes = bodyOf(log, marked >= SILENCE, at + HEAD_BYTES, end);
    puts.push({ file: marked % SILENCE, position: log.readUIntLE(at + 12, 6), bytes });
    at = end;
  }
  return { generation, puts };
}
