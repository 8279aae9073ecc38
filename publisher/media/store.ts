/**
 * The media store: where published files live. One interface over a folder and S3; keys are `/`-separated, relative and
 * never reused for other audio. A stored object is whole or absent: `put` appears atomically.
 *
 * Keys under `private/` are for members or for ourselves alone: no public address, policy or CDN reaches them.
 */
import type { Readable } from 'node:stream';

export const PRIVATE_PREFIX = 'private/';
/** What the world may fetch from the store itself, where that can be reached; all else is private there, whatever it is called. */
export const PUBLIC_PREFIXES: readonly string[] = ['art/', 'assets/', 'media/', 'shows/'];

export interface StoredObject {
  key: string;
  bytes: number;
  contentType: string;
  cacheControl: string | undefined;
  /** Strong validator of the body, quoted as in the ETag header. Equal bodies may have equal tags, whatever their metadata. */
  etag: string;
  /** Lower-case hex of the whole body. */
  sha256: string;
  lastModified: Date;
  /** What `put` was given; empty where nothing was. */
  metadata: Readonly<Record<string, string>>;
}

export interface PutOptions {
  contentType: string;
  cacheControl?: string;
  /** Names of lower-case letters, digits and hyphens, values of printable ASCII, 1 KiB in all; they live and go with the body. */
  metadata?: Readonly<Record<string, string>>;
  /**
   * Store only while the object is the one with this ETag, or while there is none; checked and done in one step where
   * `conditionalPuts` says so. A tag names a body, not its history: whoever swaps by tag against a rival that may bring an old
   * body back writes something into the body that never comes again, such as a revision.
   */
  onlyIf?: { etag: string } | 'absent';
}

/** The object was not, or no more, what `onlyIf` asked for. Nothing was changed. */
export class PreconditionFailedError extends Error {
  override name = 'PreconditionFailedError';
  constructor(key: string) {
    super(`${key} in the media store was changed by another writer meanwhile.`);
  }
}

/** Byte positions, both inclusive, as in RFC 9110 section 14. */
export interface ByteRange {
  first: number;
  last: number;
}

export interface MediaStore {
  /** Stores a file of the local disk, or bytes in memory; answers what it stored. Rejects with PreconditionFailedError. */
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
  /**
   * Whether `onlyIf` holds between writers that know nothing of each other. Without it two writers of one key must be kept
   * apart by other means (a lease in the catalog). Asks the store the first time, and rejects when that is away.
   */
  conditionalPuts(): Promise<boolean>;
  /** Where the world fetches an object without passing us; undefined where it cannot, and for all but public prefixes. */
  publicUrl(key: string): string | undefined;
  /** An address at the store itself that anybody may GET until it expires: of use only where listeners can reach the store. */
  signedUrl?(key: string, expiresInSeconds: number, options?: SignedUrlOptions): Promise<string>;
}

export interface SignedUrlOptions {
  /** What the browser calls the download, as in the Content-Disposition header. */
  contentDisposition?: string;
}
