/**
 * The media store: where published files live. One interface over a folder and S3; keys are `/`-separated, relative and
 * never reused for other audio. A stored object is whole or absent: `put` appears atomically.
 */
import type { Readable } from 'node:stream';

export interface StoredObject {
  key: string;
  bytes: number;
  contentType: string;
  cacheControl: string | undefined;
  /** Strong validator, quoted as in the ETag header. */
  etag: string;
  /** Lower-case hex of the whole body. */
  sha256: string;
  lastModified: Date;
}

export interface PutOptions {
  contentType: string;
  cacheControl?: string;
}

/** Byte positions, both inclusive, as in RFC 9110 section 14. */
export interface ByteRange {
  first: number;
  last: number;
}

export interface MediaStore {
  /** Stores a file of the local disk, or bytes in memory; answers what it stored. */
  put(
    key: string,
    source: { path: string } | { body: Uint8Array },
    options: PutOptions,
  ): Promise<StoredObject>;
  /** Undefined when there is no such object. */
  head(key: string): Promise<StoredObject | undefined>;
  /** The body or a range of it; undefined when there is no such object. The caller destroys the stream it does not read. */
  read(key: string, range?: ByteRange): Promise<{ object: StoredObject; body: Readable } | undefined>;
  delete(key: string): Promise<void>;
  /** Keys under a prefix, in order. */
  list(prefix: string): Promise<string[]>;
}
