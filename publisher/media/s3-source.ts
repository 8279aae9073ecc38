/**
 * What is known of a body before it is sent. Metadata goes with the first byte, so the SHA-256 must be there by then: a
 * file is read twice, which costs a second a gigabyte and lets us say what the server's ETag must be.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

export type Source = { path: string } | { body: Uint8Array };

/** S3 takes 10,000 parts at most, all of one size but the last (R2 insists), none below 5 MiB ("Multipart upload limits"). */
const LEAST_PART_BYTES = 8 * 2 ** 20;
const MOST_PARTS = 10_000;

export interface Digest {
  bytes: number;
  /** Larger bodies are sent in parts of so many bytes. */
  partBytes: number;
  /** Lower-case hex. */
  sha256: string;
  /** Of the whole body, as in Content-MD5. */
  md5: string;
  /** The ETag, unquoted, of servers that make it from MD5s: the body's own, or that of its parts' and their number. */
  etag: { whole: string; inParts: string };
}

export async function digestOf(source: Source): Promise<Digest> {
  const size = 'body' in source ? source.body.length : (await stat(source.path)).size;
  const partBytes = Math.max(LEAST_PART_BYTES, Math.ceil(size / MOST_PARTS));
  const [sha256, whole, parts] = [createHash('sha256'), createHash('md5'), createHash('md5')];
  let [bytes, count]: [number, number] = [0, 0];
  let part: Hash | undefined;
  const add = (chunk: Uint8Array) => {
    sha256.update(chunk);
    whole.update(chunk);
    for (let at = 0; at < chunk.length;) {
      if (bytes % partBytes === 0) endPart();
      const piece = chunk.subarray(at, at + partBytes - (bytes % partBytes));
      (part ??= createHash('md5')).update(piece);
      at += piece.length;
      bytes += piece.length;
    }
  };
  const endPart = () => {
    if (part === undefined) return;
    parts.update(part.digest());
    count += 1;
    part = undefined;
  };
  if ('body' in source) add(source.body);
  else
    for await (const chunk of createReadStream(source.path, { highWaterMark: 2 ** 20 }))
      add(chunk as Uint8Array);
  endPart();
  const md5 = whole.digest();
  return {
    bytes,
    partBytes,
    sha256: sha256.digest('hex'),
    md5: md5.toString('base64'),
    etag: { whole: md5.toString('hex'), inParts: `${parts.digest('hex')}-${count}` },
  };
}
