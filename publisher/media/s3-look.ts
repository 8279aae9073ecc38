/** What is known of an object in a bucket, from the headers of its answers. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bare } from './s3-conditions.ts';
import { codeOf, statusOf, toStoreError } from './s3-fault.ts';
import { StoreError } from './store-error.ts';
import type { StoredObject } from './store.ts';

const MOST_DERIVED = 1000;

export interface Bucket {
  readonly bucket: string;
  /** The name in the bucket of what has this key. Throws InvalidKeyError. */
  readonly nameOf: (key: string) => string;
}

export interface Look {
  /** `bytes` are those of the whole body. */
  readonly objectOf: (
    key: string,
    bytes: number,
    output: HeadObjectCommandOutput | GetObjectCommandOutput,
  ) => Promise<StoredObject>;
  /** Undefined for an object that is not there, while a bucket that is not there is a fault. With the mark of its put. */
  readonly lookAt: (key: string) => Promise<{ object: StoredObject; mark: string | undefined } | undefined>;
}

export function createLook(reader: S3Client, { bucket, nameOf }: Bucket): Look {
  const derived = new Map<string, Promise<string>>();

  /** The SHA-256 of an object that somebody else put there, read once. */
  const deriveSha256 = (name: string, etag: string): Promise<string> => {
    const version = `${etag} ${name}`;
    let hash = derived.get(version);
    if (hash === undefined) {
      hash = reader.send(new GetObjectCommand({ Bucket: bucket, Key: name, IfMatch: etag })).then(sha256Of);
      hash.catch(() => derived.delete(version));
      derived.set(version, hash);
      if (derived.size > MOST_DERIVED) derived.delete(derived.keys().next().value!);
    }
    return hash;
  };

  const objectOf: Look['objectOf'] = async (key, bytes, output) => {
    const etag = `"${bare(output.ETag ?? '')}"`;
    const metadata = { ...output.Metadata };
    const { sha256 = await deriveSha256(nameOf(key), etag) } = metadata;
    delete metadata['sha256'];
    delete metadata['put'];
    return {
      key,
      bytes,
      contentType: output.ContentType ?? 'application/octet-stream',
      cacheControl: output.CacheControl,
      etag,
      sha256,
      lastModified: output.LastModified ?? new Date(0),
      metadata,
    };
  };

  return {
    objectOf,
    async lookAt(key) {
      const object = { Bucket: bucket, Key: nameOf(key) };
      const look = async () => {
        const output = await reader.send(new HeadObjectCommand(object));
        const mark = output.Metadata?.['put'];
        return { object: await objectOf(key, output.ContentLength ?? 0, output), mark };
      };
      try {
        return await look();
      } catch (error) {
        if (error instanceof StoreError || statusOf(error) === undefined) throw toStoreError(error);
      }
      // The answer to a HEAD has no body, so its status does not say which of its reasons it stands for: a GET's does.
      try {
        const output = await reader.send(new GetObjectCommand({ ...object, Range: 'bytes=0-0' }));
        (output.Body as Readable).destroy();
      } catch (error) {
        if (codeOf(error) === 'NoSuchKey') return undefined;
        if (statusOf(error) !== 416) throw toStoreError(error);
      }
      // It is there by now, or was all the time and the store is well again.
      return look().catch((error: unknown) => {
        throw toStoreError(error);
      });
    },
  };
}

/** Of a body, lower-case hex. */
export async function sha256Of({ Body }: GetObjectCommandOutput): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of Body as Readable) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
