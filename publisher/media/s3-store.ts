/** The media store in a bucket of an S3 server. */
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { checkKey, InvalidKeyError, isKey, MAX_KEY_BYTES } from './key.ts';
import { ResumingBody } from './s3-body.ts';
import { createS3Clients, type S3ClientOptions, type S3Clients } from './s3-client.ts';
import { probeConditions, type TagForm } from './s3-conditions.ts';
import { codeOf, statusOf, toStoreError } from './s3-fault.ts';
import { type Bucket, createLook } from './s3-look.ts';
import { createPut } from './s3-put.ts';
import type { S3Settings } from './s3-settings.ts';
import { StoreError } from './store-error.ts';
import { type ByteRange, type MediaStore, PRIVATE_PREFIX, PUBLIC_PREFIXES } from './store.ts';

/** Asked again after so long where a server seems to heed no conditions: an answer that got lost looks the same. */
const ASK_AGAIN_MS = 10 * 60_000;

export interface S3Store extends MediaStore, Bucket {
  signedUrl: NonNullable<MediaStore['signedUrl']>;
  readonly settings: S3Settings;
  readonly clients: S3Clients;
  /** Lets go of the connections. */
  close(): void;
}

/** Opens a store on a bucket; nothing is asked of the server yet. All but wrong keys and local files fails with StoreError. */
export function createS3Store(settings: S3Settings, options: S3ClientOptions = {}): S3Store {
  const { bucket, prefix, publicUrl } = settings;
  const clients = createS3Clients(settings, options);
  const { reader, writer } = clients;
  const top = prefix === '' ? '' : `${prefix}/`;
  const nameOf = (key: string) => {
    checkKey(key);
    const name = `${top}${key}`;
    if (Buffer.byteLength(name) > MAX_KEY_BYTES)
      throw new InvalidKeyError(key, `with S3_PREFIX it is longer than ${MAX_KEY_BYTES} bytes`);
    return name;
  };
  const tagForm = remembering(() =>
    probeConditions(writer, bucket, (name) => nameOf(`${PRIVATE_PREFIX}probes/${name}`)),
  );
  const look = createLook(reader, { bucket, nameOf });

  return {
    ...{ settings, clients, bucket, nameOf },
    put: createPut(clients, { bucket, nameOf }, look, tagForm),
    head: async (key) => (await look.lookAt(key))?.object,

    async read(key, range) {
      const object = { Bucket: bucket, Key: nameOf(key) };
      const get = (more: { Range?: string; IfMatch?: string }) =>
        reader.send(new GetObjectCommand({ ...object, ...more }));
      let output: GetObjectCommandOutput;
      try {
        output = await get(range === undefined ? {} : { Range: rangeText(range) });
      } catch (error) {
        if (codeOf(error) === 'NoSuchKey') return undefined;
        if (statusOf(error) !== 416) throw toStoreError(error);
        // It has become shorter since the caller looked at it.
        const found = await look.lookAt(key);
        return found && { object: found.object, body: Readable.from([]) };
      }
      const source = output.Body as Readable;
      try {
        const { first, bytes, totalBytes } = extentOf(output, range);
        const stored = await look.objectOf(key, totalBytes, output);
        const body = new ResumingBody(source, bytes, async (offset) => {
          const rest = rangeText({ first: first + offset, last: first + bytes - 1 });
          return (await get({ Range: rest, IfMatch: stored.etag })).Body as Readable;
        });
        return { object: stored, body };
      } catch (error) {
        source.destroy();
        throw toStoreError(error);
      }
    },

    async delete(key) {
      const object = { Bucket: bucket, Key: nameOf(key) };
      await writer.send(new DeleteObjectCommand(object)).catch((error: unknown) => {
        if (codeOf(error) !== 'NoSuchKey') throw toStoreError(error);
      });
    },

    async list(start) {
      const parent = start.slice(0, start.lastIndexOf('/') + 1);
      if (parent !== '') checkKey(parent.slice(0, -1));
      const keys: string[] = [];
      try {
        const pages = paginateListObjectsV2({ client: reader }, { Bucket: bucket, Prefix: `${top}${start}` });
        for await (const { Contents = [] } of pages)
          for (const { Key = '' } of Contents) keys.push(Key.slice(top.length));
      } catch (error) {
        throw toStoreError(error);
      }
      // Consoles leave empty objects as "folders", whose names end in a slash.
      return keys.filter(isKey).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    },

    conditionalPuts: async () => (await tagForm()) !== undefined,

    publicUrl(key) {
      const isPublic = isKey(key) && PUBLIC_PREFIXES.some((start) => key.startsWith(start));
      if (publicUrl === undefined || !isPublic) return undefined;
      return `${publicUrl}/${key.split('/').map(encodeURIComponent).join('/')}`;
    },

    async signedUrl(key, expiresInSeconds, { contentDisposition } = {}) {
      const command = new GetObjectCommand({
        ...{ Bucket: bucket, Key: nameOf(key) },
        ...(contentDisposition !== undefined && { ResponseContentDisposition: contentDisposition }),
      });
      // By the store's clock, should ours be wrong: it is the store that looks whether the time is over.
      const signingDate = new Date(Date.now() + (clients.clockAheadMs() ?? 0));
      return getSignedUrl(reader, command, { expiresIn: expiresInSeconds, signingDate });
    },

    close: () => clients.close(),
  };
}

/** Asks once; again after a failure, and now and then while the answer is no. */
function remembering(ask: () => Promise<TagForm | undefined>): () => Promise<TagForm | undefined> {
  let asked: { form: Promise<TagForm | undefined>; untilMs: number } | undefined;
  return async () => {
    if (asked === undefined || performance.now() > asked.untilMs) asked = { form: ask(), untilMs: Infinity };
    const mine = asked;
    try {
      const form = await mine.form;
      if (form === undefined && mine.untilMs === Infinity) mine.untilMs = performance.now() + ASK_AGAIN_MS;
      return form;
    } catch (error) {
      if (asked === mine) asked = undefined;
      throw toStoreError(error);
    }
  };
}

const rangeText = ({ first, last }: ByteRange) => `bytes=${first}-${last}`;

/** What a GET answers with: how much, from where, of how much. */
function extentOf(
  { ContentLength = 0, ContentRange }: GetObjectCommandOutput,
  range: ByteRange | undefined,
): { first: number; bytes: number; totalBytes: number } {
  if (range === undefined) return { first: 0, bytes: ContentLength, totalBytes: ContentLength };
  const parts = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? '');
  if (parts === null)
    throw new StoreError('unsupported', `asked for ${rangeText(range)}, it sent ${ContentRange ?? 'all'}`);
  return { first: Number(parts[1]), bytes: ContentLength, totalBytes: Number(parts[2]) };
}
