/**
 * Putting into a bucket, and proving what was put.
 *
 * Each request's body is covered by a Content-MD5 that servers check before they keep anything, and the ETag that the object
 * then has must be what the MD5s of the file give (looked for anew: Ceph 16 leaves it out of its answer to an upload in
 * parts). So what was kept is what was sent, whole and in order. Where a server makes its ETags otherwise (with encryption by
 * KMS, say) the object is read back and its SHA-256 compared. A later look sees size and SHA-256 as they were noted then; only
 * reading all of it again would see a disk rot.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { checkMetadata } from './metadata.ts';
import type { S3Clients } from './s3-client.ts';
import { conditionOf, isUnmet, type TagForm } from './s3-conditions.ts';
import { toStoreError } from './s3-fault.ts';
import { type Bucket, type Look, sha256Of } from './s3-look.ts';
import { type Digest, digestOf, type Source } from './s3-source.ts';
import { StoreError } from './store-error.ts';
import { type MediaStore, PreconditionFailedError, type PutOptions } from './store.ts';

const PARTS_AT_ONCE = 3;
/** A body on a condition is one request, and one that is tried again only from memory. */
const MOST_BYTES_IN_MEMORY = 32 * 2 ** 20;
const READ_BYTES = 2 ** 20;

/** @param tagForm - how the server reads conditions; undefined when it does not */
export function createPut(
  { reader, writer }: S3Clients,
  { bucket, nameOf }: Bucket,
  { lookAt }: Look,
  tagForm: () => Promise<TagForm | undefined>,
): MediaStore['put'] {
  return async (key, source, options) => {
    const name = nameOf(key);
    const { contentType, cacheControl, metadata = {}, onlyIf } = options;
    checkMetadata(metadata);
    const condition = onlyIf && (await requireCondition(key, onlyIf));
    const digest = await digestOf(source);
    // Tells our own work from another's: a request is sent again when its answer was lost, and meets what it did.
    const mark = randomUUID();
    const params = {
      ...{ Bucket: bucket, Key: name, ContentType: contentType },
      ...(cacheControl !== undefined && { CacheControl: cacheControl }),
      Metadata: { ...metadata, sha256: digest.sha256, put: mark },
    };
    const inParts = digest.bytes > digest.partBytes && condition === undefined;
    let isSent = true;
    const body = await openBody(source, digest, inParts);
    try {
      await (inParts
        ? sendInParts(params, body, digest)
        : sendWhole({ ...params, ...condition }, body, digest));
    } catch (error) {
      // Of the local file, and not the store's.
      if (body instanceof Readable && body.errored === error) throw error;
      if (condition === undefined || !isUnmet(error)) throw toStoreError(error);
      isSent = false;
    } finally {
      if (body instanceof Readable) body.destroy();
    }
    const found = await lookAt(key);
    const expected = inParts ? digest.etag.inParts : digest.etag.whole;
    if (found?.mark !== mark) {
      if (!isSent) throw new PreconditionFailedError(key);
      // Another writer was there meanwhile; this one's object was whole all the same.
      const { bytes, sha256 } = digest;
      const lastModified = new Date();
      return { key, bytes, contentType, cacheControl, etag: `"${expected}"`, sha256, lastModified, metadata };
    }
    const { object } = found;
    const isWhole = object.bytes === digest.bytes && object.sha256 === digest.sha256;
    if (isWhole && (object.etag === `"${expected}"` || (await readsBackAs(name, object.etag, digest.sha256))))
      return object;
    // Better absent than wrong.
    await writer.send(new DeleteObjectCommand({ Bucket: bucket, Key: name })).catch(() => undefined);
    throw new StoreError('damaged', `${name} came to have the ETag ${object.etag}, not ${expected}`);
  };

  /** What goes with the request. A server that heeds nothing is looked at before: right, unless two writers are at it at once. */
  async function requireCondition(key: string, onlyIf: NonNullable<PutOptions['onlyIf']>) {
    const form = await tagForm();
    if (form !== undefined) return conditionOf(onlyIf, form);
    const found = await lookAt(key);
    const holds = onlyIf === 'absent' ? found === undefined : found?.object.etag === onlyIf.etag;
    if (!holds) throw new PreconditionFailedError(key);
    return {};
  }

  async function sendWhole(params: PutParams, Body: Body, { bytes, md5 }: Digest): Promise<void> {
    await writer.send(new PutObjectCommand({ ...params, Body, ContentLength: bytes, ContentMD5: md5 }));
  }

  async function sendInParts(params: PutParams, Body: Body, { bytes, partBytes }: Digest): Promise<void> {
    // Aborts by itself when a part fails; what it cannot tell a store that is away, the bucket's lifecycle rule removes.
    const upload = new Upload({
      client: writer,
      params: { ...params, Body, ContentLength: bytes },
      partSize: partBytes,
      queueSize: PARTS_AT_ONCE,
    });
    await upload.done();
  }

  async function readsBackAs(name: string, etag: string, sha256: string): Promise<boolean> {
    try {
      const output = await reader.send(new GetObjectCommand({ Bucket: bucket, Key: name, IfMatch: etag }));
      return (await sha256Of(output)) === sha256;
    } catch (error) {
      // Another writer replaced it: nobody will ever see it.
      if (isUnmet(error)) return true;
      throw toStoreError(error);
    }
  }
}

type PutParams = ConstructorParameters<typeof PutObjectCommand>[0];
type Body = Buffer | Readable;

async function openBody(source: Source, { bytes }: Digest, inParts: boolean): Promise<Body> {
  if ('body' in source) return Buffer.from(source.body.buffer, source.body.byteOffset, source.body.length);
  if (!inParts && bytes <= MOST_BYTES_IN_MEMORY) return readFile(source.path);
  return createReadStream(source.path, { highWaterMark: READ_BYTES });
}
