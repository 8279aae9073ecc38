/** Any range of an archive, read from the files that are in it; and what has to be known of a file before. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { ZipLayout } from './zip.ts';

const READ_BYTES = 256 * 1024;

/** Content of an entry: the path of a file, or the bytes themselves. */
export type ZipSource = string | Uint8Array;

/** CRC-32 of the first `bytes` of a file, which may still grow. Throws where there are fewer, and once the signal aborts. */
export async function checksumOf(file: string, bytes: number, signal?: AbortSignal): Promise<number> {
  let checksum = 0;
  for await (const chunk of readFilePart(file, 0, bytes)) {
    checksum = crc32(chunk, checksum);
    await nextTurn();
    signal?.throwIfAborted();
  }
  return checksum;
}

/** @param end - the byte after the last */
async function* readFilePart(file: string, start: number, end: number): AsyncGenerator<Buffer> {
  let left = end - start;
  if (left === 0) return;
  const stream = createReadStream(file, { start, end: end - 1, highWaterMark: READ_BYTES });
  for await (const chunk of stream) {
    left -= (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (left > 0) throw new Error(`${file} has become shorter`);
}

/**
 * Bytes `first` to `last`, both inclusive; `sources` are the content of the layout's entries. Reads no faster than it is
 * read, and closes the file at hand when it is destroyed. Fails where a file has become shorter.
 */
export function readZip(
  { parts, bytes }: ZipLayout,
  sources: readonly ZipSource[],
  { first, last } = { first: 0, last: bytes - 1 },
): Readable {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (const part of parts) {
      const length = 'head' in part ? part.head.length : part.bytes;
      const [start, end] = [Math.max(0, first - at), Math.min(length, last + 1 - at)];
      at += length;
      if (start >= end) continue;
      if ('head' in part) {
        yield part.head.subarray(start, end);
        continue;
      }
      const source = sources[part.entry]!;
      if (typeof source === 'string') yield* readFilePart(source, start, end);
      else yield source.subarray(start, end);
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}
