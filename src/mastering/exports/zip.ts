/**
 * Zip archives of stored files as a list of parts: every length, and so every byte's place, is known before anything is
 * read. Any range of such an archive can be served from the files themselves. Pure. (PKWARE, APPNOTE 6.3.10.)
 */
import { crc32 } from 'node:zlib';

export interface StoredEntry {
  /** Plain file name; UTF-8. */
  name: string;
  bytes: number;
  crc32: number;
  modifiedAt: Date;
}

/** Bytes of the archive itself, or the content of an entry, by its index. */
export type ZipPart = { head: Buffer } | { entry: number; bytes: number };

export interface ZipLayout {
  parts: readonly ZipPart[];
  bytes: number;
}

const MAX_16_BIT = 0xffff;
const MAX_32_BIT = 0xffff_ffff;
/** 4.5: the first version of the format that knows zip64 (4.4.3.2); 2.0 for all that need less. */
const [PLAIN, ZIP64] = [20, 45];
/** Bit 11: names are UTF-8 (4.4.4). */
const UTF_8 = 0x0800;
/** Made on Unix, as far as attributes go: a plain file that everybody may read. */
const MADE_BY_UNIX = 3 << 8;
const ATTRIBUTES = (0o100644 << 16) >>> 0;

/** Entries in their order. Those beyond 4 GiB, and archives beyond that or 65,534 entries, are written as zip64. */
export function layOutZip(entries: readonly StoredEntry[]): ZipLayout {
  const parts: ZipPart[] = [];
  const central: Buffer[] = [];
  let at = 0;
  const add = (part: ZipPart) => {
    parts.push(part);
    at += 'head' in part ? part.head.length : part.bytes;
  };
  for (const [index, entry] of entries.entries()) {
    central.push(centralHeader(entry, at));
    add({ head: localHeader(entry) });
    add({ entry: index, bytes: entry.bytes });
  }
  const directory = Buffer.concat(central);
  const end = endOfDirectory(entries.length, directory.length, at);
  add({ head: Buffer.concat([directory, end]) });
  return { parts, bytes: at };
}

/** A whole archive of small files. */
export function zipOf(files: readonly { name: string; body: Buffer; modifiedAt: Date }[]): Buffer {
  const { parts } = layOutZip(
    files.map(({ name, body, modifiedAt }) => ({ name, modifiedAt, bytes: body.length, crc32: crc32(body) })),
  );
  return Buffer.concat(parts.map((part) => ('head' in part ? part.head : files[part.entry]!.body)));
}

/** What local and central headers share, from "version needed" to "extra field length" (4.3.7, 4.3.12). */
function shared(
  { name, bytes, crc32: checksum, modifiedAt }: StoredEntry,
  needed: number,
  extra: number,
): Buffer {
  const field = Buffer.alloc(26);
  field.writeUInt16LE(needed, 0);
  field.writeUInt16LE(UTF_8, 2);
  field.writeUInt32LE(dosTime(modifiedAt), 6);
  field.writeUInt32LE(checksum, 10);
  field.writeUInt32LE(Math.min(bytes, MAX_32_BIT), 14);
  field.writeUInt32LE(Math.min(bytes, MAX_32_BIT), 18);
  field.writeUInt16LE(Buffer.byteLength(name), 22);
  field.writeUInt16LE(extra, 24);
  return field;
}

function localHeader(entry: StoredEntry): Buffer {
  // Both lengths are in it, always (4.5.3).
  const numbers = entry.bytes >= MAX_32_BIT ? [entry.bytes, entry.bytes] : [];
  const extra = extraOf(entry, numbers);
  const needed = numbers.length > 0 ? ZIP64 : PLAIN;
  return Buffer.concat([
    signature(0x0403_4b50),
    shared(entry, needed, extra.length),
    Buffer.from(entry.name),
    extra,
  ]);
}

function centralHeader(entry: StoredEntry, at: number): Buffer {
  const large = entry.bytes >= MAX_32_BIT ? [entry.bytes, entry.bytes] : [];
  const numbers = at >= MAX_32_BIT ? [...large, at] : large;
  const extra = extraOf(entry, numbers);
  const needed = numbers.length > 0 ? ZIP64 : PLAIN;
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(MADE_BY_UNIX | needed);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(ATTRIBUTES, 6);
  rest.writeUInt32LE(Math.min(at, MAX_32_BIT), 10);
  return Buffer.concat([
    ...[signature(0x0201_4b50), madeBy, shared(entry, needed, extra.length), rest],
    ...[Buffer.from(entry.name), extra],
  ]);
}

/** The moment in UTC, in seconds since 1970 (Info-ZIP's "UT"), and what 32 bits do not hold (4.5.3). */
function extraOf({ modifiedAt }: StoredEntry, numbers: readonly number[]): Buffer {
  const time = Buffer.alloc(9);
  time.write('UT', 'latin1');
  time.writeUInt16LE(5, 2);
  time.writeUInt8(1, 4);
  time.writeInt32LE(Math.floor(modifiedAt.getTime() / 1000), 5);
  if (numbers.length === 0) return time;
  const large = Buffer.alloc(4 + 8 * numbers.length);
  large.writeUInt16LE(1, 0);
  large.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, index) => large.writeBigUInt64LE(BigInt(number), 4 + 8 * index));
  return Buffer.concat([large, time]);
}

/** The end (4.3.16), preceded by its zip64 forms (4.3.14, 4.3.15) where a number does not fit. */
function endOfDirectory(entries: number, directoryBytes: number, directoryAt: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(entries, MAX_16_BIT), 8);
  end.writeUInt16LE(Math.min(entries, MAX_16_BIT), 10);
  end.writeUInt32LE(Math.min(directoryBytes, MAX_32_BIT), 12);
  end.writeUInt32LE(Math.min(directoryAt, MAX_32_BIT), 16);
  if (entries < MAX_16_BIT && directoryBytes < MAX_32_BIT && directoryAt < MAX_32_BIT) return end;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x0606_4b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(MADE_BY_UNIX | ZIP64, 12);
  record.writeUInt16LE(ZIP64, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** MS-DOS time and date, two seconds fine, from 1980 on (4.4.6); in UTC: the format knows no zone. */
function dosTime(moment: Date): number {
  const time = (moment.getUTCHours() << 11) | (moment.getUTCMinutes() << 5) | (moment.getUTCSeconds() >> 1);
  const years = Math.max(0, moment.getUTCFullYear() - 1980);
  const date = (years << 9) | ((moment.getUTCMonth() + 1) << 5) | moment.getUTCDate();
  return ((date << 16) | time) >>> 0;
}
