/** Any range of an archive, read from the files that are in it. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ZipLayout } from './zip.ts';

const READ_BYTES = 256 * 1024;

/**
 * Bytes `first` to `last`, both inclusive; `paths` are the files of the layout's entries. Reads no faster than it is
 * read, and closes the file at hand when it is destroyed. Fails where a file has become shorter.
 */
export function readZip(
  { parts, bytes }: ZipLayout,
  paths: readonly string[],
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
      let left = end - start;
      const file = createReadStream(paths[part.entry]!, { start, end: end - 1, highWaterMark: READ_BYTES });
      for await (const chunk of file) {
        left -= (chunk as Buffer).length;
        yield chunk as Buffer;
      }
      if (left > 0) throw new Error(`${paths[part.entry]} has become shorter`);
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}
