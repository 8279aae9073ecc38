/** Streamed zip archives of files that are compressed already: stored, never held in memory. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface ArchiveEntry {
  /** Name inside the archive, from `safeFileName`. */
  name: string;
  source: { path: string } | { body: Uint8Array };
  modifiedAt: Date;
}

export interface Archive {
  /** Exact length of the zip, so that a download shows how far it is. */
  bytes: number;
  /** Reads the files one after the other, no faster than it is read itself. Destroying it closes the file being read. */
  body: Readable;
}

/**
 * Packs the entries in their order. Sizes are taken now: of a track that still grows, the archive holds what is there at
 * this moment. Rejects when a file is missing, before the first byte.
 */
export async function createArchive(entries: readonly ArchiveEntry[]): Promise<Archive> {
  const sizes = await Promise.all(
    entries.map(async ({ source }) => ('path' in source ? (await stat(source.path)).size : 0)),
  );
  const zip = new ZipFile();
  const body: unknown = zip.outputStream;
  if (!(body instanceof PassThrough)) throw new TypeError('yazl no longer writes into a PassThrough');
  let reading: Readable | undefined;
  zip.on('error', (error: Error) => body.destroy(error));
  body.once('close', () => reading?.destroy());

  entries.forEach(({ name, source, modifiedAt }, index) => {
    const options = { mtime: modifiedAt, compress: false };
    if ('body' in source) {
      zip.addBuffer(Buffer.from(source.body), name, options);
      return;
    }
    const size = sizes[index] ?? 0;
    zip.addReadStreamLazy(name, { ...options, size }, (deliver) => {
      if (body.destroyed) return;
      reading = size === 0 ? Readable.from([]) : createReadStream(source.path, { start: 0, end: size - 1 });
      reading.on('error', (error) => body.destroy(error));
      deliver(null, reading);
    });
  });
  const bytes = await new Promise<number>((resolve) => {
    // Stored entries of known size have a known sum; its type forgets the number it is called with.
    zip.end({ forceZip64Format: false, comment: '' }, resolve as unknown as () => void);
  });
  return { bytes, body };
}
