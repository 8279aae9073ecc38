/**
 * tracks/NN.index: where every run of packets stands, on the session clock and in the track file. A header of 32 bytes
 * and records of 32, little-endian, so that no record crosses a disk sector:
 * `startUs u64 | endUs u64 | byteOffset u64 | packets u32 | CRC-32 of the 28 bytes before it`.
 * The last record is written again in place while its run grows; all before it are final.
 */
import { crc32 } from 'node:zlib';
import type { Spurt } from './model.ts';

const MAGIC = 'STAGEIDX';
const VERSION = 1;
export const INDEX_HEADER_BYTES = 32;
export const INDEX_RECORD_BYTES = 32;
const TURN = 0x1_0000_0000;

/** The header: magic, version, record size, and zeros. */
export function encodeIndexHeader(): Buffer {
  const header = Buffer.alloc(INDEX_HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt16LE(VERSION, 8);
  header.writeUInt16LE(INDEX_RECORD_BYTES, 10);
  return header;
}

export function encodeIndexRecord(spurt: Spurt): Buffer {
  const record = Buffer.allocUnsafe(INDEX_RECORD_BYTES);
  writeU64(record, spurt.startUs, 0);
  writeU64(record, spurt.endUs, 8);
  writeU64(record, spurt.byteOffset, 16);
  record.writeUInt32LE(spurt.packets, 24);
  record.writeUInt32LE(crc32(record.subarray(0, 28)), 28);
  return record;
}

/** The records of an index up to the first that is torn; an index of another version reads as empty. */
export function decodeIndex(bytes: Buffer): Spurt[] {
  const spurts: Spurt[] = [];
  if (bytes.length < INDEX_HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return spurts;
  if (bytes.readUInt16LE(8) !== VERSION) return spurts;
  for (let at = INDEX_HEADER_BYTES; ; at += INDEX_RECORD_BYTES) {
    const spurt = decodeIndexRecord(bytes, at);
    if (spurt === null) return spurts;
    spurts.push(spurt);
  }
}

/** The record at `at`, or null when it is torn, or not there at all. */
export function decodeIndexRecord(bytes: Buffer, at: number): Spurt | null {
  if (at + INDEX_RECORD_BYTES > bytes.length) return null;
  if (crc32(bytes.subarray(at, at + 28)) !== bytes.readUInt32LE(at + 28)) return null;
  return {
    startUs: readU64(bytes, at),
    endUs: readU64(bytes, at + 8),
    packets: bytes.readUInt32LE(at + 24),
    byteOffset: readU64(bytes, at + 16),
  };
}

/** Exact as a number up to 2^53: 285 years of microseconds. */
function writeU64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value % TURN, at);
  bytes.writeUInt32LE(Math.floor(value / TURN), at + 4);
}

const readU64 = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * TURN;
