import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../shelf.ts';
import { describeOnS3, newBucket, newStore, storeWith } from './s3-server.ts';
import { describeMediaStore } from './store-contract.ts';

const TEXT = { contentType: 'text/plain' };
const MIB = 2 ** 20;

describeOnS3('S3', () => {
  describeMediaStore('a bucket', () => newStore());

  test('a large file goes in parts, and comes back by any range as it was', async () => {
    const store = await newStore();
    const file = path.join(await temporaryFolder(), 'talk.mp3');
    const body = randomBytes(19 * MIB + 7);
    await writeFile(file, body);
    const put = await store.put('media/talk.mp3', { path: file }, { contentType: 'audio/mpeg' });
    expect(put.etag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(put.sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect(await store.head('media/talk.mp3')).toEqual(put);
    for (const [first, last] of [
      [0, body.length - 1],
      [8 * MIB - 1, 8 * MIB],
      [body.length - 5, body.length - 1],
    ] as const) {
      const found = await store.read('media/talk.mp3', { first, last });
      expect(found?.object).toEqual(put);
      expect((await buffer(found!.body)).equals(body.subarray(first, last + 1))).toBe(true);
    }
    const again = await store.put('media/copy.mp3', { body }, { contentType: 'audio/mpeg' });
    expect(again.etag).toBe(put.etag);
  });

  test('an upload that breaks off leaves no parts behind', async () => {
    const bucket = await newBucket();
    const store = storeWith({ bucket });
    const { writer } = store.clients;
    writer.middlewareStack.add(
      (next) => (args) => {
        if ((args.input as { PartNumber?: number }).PartNumber === 2)
          throw new Error('the third wheel came off');
        return next(args);
      },
      { step: 'initialize', name: 'breakOff' },
    );
    const put = store.put('media/a.mp3', { body: Buffer.alloc(20 * MIB) }, { contentType: 'audio/mpeg' });
    await expect(put).rejects.toMatchObject({ name: 'StoreError', code: 'away' });
    expect((await writer.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads).toBeUndefined();
    expect(await store.list('')).toEqual([]);
  });

  test('the server refuses a body that changed on its way', async () => {
    const store = await newStore();
    store.clients.writer.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body?: unknown };
        if (request.body instanceof Uint8Array) request.body = Buffer.from(request.body).fill(0, 0, 1);
        return next(args);
      },
      // After the MD5 and the signature were made.
      { step: 'deserialize', name: 'flipBits', priority: 'high' },
    );
    const put = store.put('a', { body: Buffer.from('as it was sent') }, TEXT);
    await expect(put).rejects.toMatchObject({ name: 'StoreError' });
    expect(await store.head('a')).toBeUndefined();
  });

  test('a store that keeps other bytes than it was sent is found out, and what it keeps is removed', async () => {
    const store = await newStore();
    let flip = true;
    store.clients.writer.middlewareStack.add(
      (next) => (args) => {
        const input = args.input as { Body?: unknown; ContentMD5?: string };
        if (flip && input.Body !== undefined) {
          input.Body = Buffer.from('as it was kept');
          delete input.ContentMD5;
        }
        return next(args);
      },
      { step: 'initialize', name: 'keepOther' },
    );
    const put = store.put('a', { body: Buffer.from('as it was sent') }, TEXT);
    await expect(put).rejects.toMatchObject({ name: 'StoreError', code: 'damaged' });
    expect(await store.head('a')).toBeUndefined();
    flip = false;
    expect((await store.put('a', { body: Buffer.from('well') }, TEXT)).bytes).toBe(4);
  });

  test('an object that somebody put there by hand has what can be derived', async () => {
    const store = await newStore();
    const Key = store.nameOf('by-hand.txt');
    const object = { Bucket: store.settings.bucket, Key, Body: 'by hand', ContentType: 'text/plain' };
    await store.clients.writer.send(new PutObjectCommand(object));
    const sha256 = createHash('sha256').update('by hand').digest('hex');
    expect(await store.head('by-hand.txt')).toMatchObject({ bytes: 7, sha256, metadata: {} });
  });

  test('lists more than one page holds', async () => {
    const store = await newStore();
    const keys = Array.from({ length: 1001 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(
        keys
          .slice(at, at + 50)
          .map((key) =>
            store.clients.writer.send(
              new PutObjectCommand({ Bucket: store.settings.bucket, Key: store.nameOf(key), Body: 'x' }),
            ),
          ),
      );
    expect(await store.list('many/')).toEqual(keys);
  });

  test('a signed link works for whoever has it until it ends, and not when it is changed', async () => {
    const store = await newStore();
    await store.put('private/é & talk.mp3', { body: Buffer.from('members only') }, TEXT);
    const options = { contentDisposition: 'attachment; filename="talk.mp3"' };
    const url = await store.signedUrl('private/é & talk.mp3', 60, options);
    const answer = await fetch(url, { headers: { Range: 'bytes=0-6' } });
    expect([answer.status, await answer.text()]).toEqual([206, 'members']);
    expect(answer.headers.get('content-disposition')).toBe(options.contentDisposition);
    expect((await fetch(url.replace('talk', 'walk'))).status).toBe(403);
    const ended = await store.signedUrl('private/é & talk.mp3', 1);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await fetch(ended)).status).toBe(403);
  });

  test('a server that heeds no conditions is found out, and looked at before it is written to', async () => {
    const store = await newStore();
    let puts = 0;
    store.clients.writer.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        for (const name of ['if-match', 'if-none-match', 'If-Match', 'If-None-Match'])
          if (Reflect.deleteProperty(headers, name)) puts += 1;
        return next(args);
      },
      { step: 'build', name: 'heedNothing', priority: 'high' },
    );
    expect(await store.conditionalPuts()).toBe(false);
    expect(puts).toBeGreaterThan(0);
    const first = await store.put('a', { body: Buffer.from('one') }, { ...TEXT, onlyIf: 'absent' });
    const swap = (onlyIf: { etag: string } | 'absent') =>
      store.put('a', { body: Buffer.from('two') }, { ...TEXT, onlyIf });
    for (const unmet of ['absent', { etag: '"x"' }] as const)
      await expect(swap(unmet)).rejects.toMatchObject({ name: 'PreconditionFailedError' });
    expect(await store.head('a')).toEqual(first);
    await swap(first);
    expect(await store.list('')).toEqual(['a']);
  });

  test('a request that met its own work, because its answer was lost, is no other writer', async () => {
    const store = await newStore();
    let lost = 1;
    store.clients.writer.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = args.request as { headers: Record<string, string> };
        if (headers['x-amz-meta-put'] !== undefined && lost-- > 0)
          throw Object.assign(new Error('reset'), { code: 'ECONNRESET', $retryable: { throttling: false } });
        return result;
      },
      { step: 'deserialize', name: 'loseAnswer', priority: 'high' },
    );
    const put = await store.put('feed.xml', { body: Buffer.from('one') }, { ...TEXT, onlyIf: 'absent' });
    expect(lost).toBeLessThan(1);
    expect(await text((await store.read('feed.xml'))!.body)).toBe('one');
    expect(await store.head('feed.xml')).toEqual(put);
    const again = store.put('feed.xml', { body: Buffer.from('two') }, { ...TEXT, onlyIf: 'absent' });
    await expect(again).rejects.toMatchObject({ name: 'PreconditionFailedError' });
  });
});

test('public addresses are for public keys alone, and escaped', async () => {
  const store = storeWith({ publicUrl: 'https://cdn.example.org/pods', prefix: 'x' });
  expect(store.publicUrl('media/é ?#.mp3')).toBe('https://cdn.example.org/pods/media/%C3%A9%20%3F%23.mp3');
  for (const key of ['private/media/a.mp3', 'sounds/a.flac', 'media', '../media/a', 'media/../private/a'])
    expect(store.publicUrl(key)).toBeUndefined();
  expect(storeWith({}).publicUrl('media/a.mp3')).toBeUndefined();
  await expect(store.head('é'.repeat(107) + '/x'.repeat(410))).rejects.toThrow('longer than');
});
