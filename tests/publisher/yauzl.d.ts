/** What the tests use of yauzl 3.4.0, which brings no types. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';
  export interface Entry {
    fileName: string;
    compressionMethod: number;
    uncompressedSize: number;
    getLastModDate(): Date;
  }
  export interface ZipFile {
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
    close(): void;
  }
  export function openPromise(path: string): Promise<ZipFile>;
  export function fromBufferPromise(
    buffer: Buffer,
    options?: { strictFileNames?: boolean },
  ): Promise<ZipFile>;
}
