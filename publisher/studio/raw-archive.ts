/** The archive of a session's raw tracks: laid out over the files as they are now, and read from them. */
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { checksumOf, readZip, type ZipSource } from '../../src/mastering/exports/zip-body.ts';
import { layOutZip } from '../../src/mastering/exports/zip.ts';

export interface RawEntry {
  /** Name inside the archive: plain and short. */
  name: string;
  source: ZipSource;
  modifiedAt: Date;
}

/** Of a track that still grows, an archive holds what is there at this moment. Rejects when a file is missing. */
const sized = (entries: readonly RawEntry[]) =>
  Promise.all(
    entries.map(async (entry) => {
      const { source } = entry;
      return { ...entry, bytes: typeof source === 'string' ? (await stat(source)).size : source.length };
    }),
  );

/** Its exact length, without reading a file. */
export async function rawArchiveBytes(entries: readonly RawEntry[]): Promise<number> {
  return layOutZip((await sized(entries)).map((entry) => ({ ...entry, crc32: 0 }))).bytes;
}

/**
 * Reads every file once for its checksum, which stands before it in the archive, and again for its content, no faster than
 * `body` is read; destroying that closes the file at hand. Rejects when a file is missing, before the first byte.
 */
export async function openRawArchive(
  entries: readonly RawEntry[],
  signal?: AbortSignal,
): Promise<{ bytes: number; body: Readable }> {
  const stored = [];
  for (const { source, ...entry } of await sized(entries))
    stored.push({
      ...entry,
      crc32: typeof source === 'string' ? await checksumOf(source, entry.bytes, signal) : crc32(source),
    });
  const layout = layOutZip(stored);
  const sources = entries.map(({ source }) => source);
  return { bytes: layout.bytes, body: readZip(layout, sources) };
}
