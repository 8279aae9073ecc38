/** What is said of a store that cannot do its work, by a real one. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { checkBucket, examineBucket } from '../../../publisher/media/s3-check.ts';
import type { S3Store } from '../../../publisher/media/s3-store.ts';
import { type SetupStep, setUpBucket } from '../../../publisher/media/s3-setup.ts';
import { describeOnS3, newBucket, newStore, s3Settings, storeWith } from './s3-server.ts';
import { startProxy } from './tcp-proxy.ts';

const TEXT = { contentType: 'text/plain' };
const body = Buffer.from('hello');
const QUICK = { maxAttempts: 2, connectWithinMs: 2000, idleMs: 300 };

/** Everything that a store is asked for ends with this fault. */
async function expectFault(store: S3Store, code: string): Promise<void> {
  for (const asking of [
    () => checkBucket(store),
    () => store.put('a/b', { body }, TEXT),
    () => store.put('a/b', { body }, { ...TEXT, onlyIf: 'absent' as const }),
    () => store.head('a/b'),
    () => store.read('a/b'),
    () => store.read('a/b', { first: 0, last: 0 }),
    () => store.delete('a/b'),
    () => store.list(''),
  ])
    await expect(asking()).rejects.toMatchObject({ name: 'StoreError', code });
}

const setUp = (store: S3Store): Promise<SetupStep[]> => Array.fromAsync(setUpBucket(store));

/** A user of their own, whose room or rights may be taken away. */
async function newUser(): Promise<{
  accessKeyId: string;
  secretAccessKey: string;
  admin: (...words: string[]) => Promise<unknown>;
}> {
  const env = { ...process.env, CEPH_CONF: process.env['TEST_S3_CEPH_CONF'] };
  const run = (...words: string[]) => promisify(execFile)('radosgw-admin', words, { env });
  const [uid, accessKeyId, secretAccessKey] = [`u${randomUUID()}`, randomUUID(), randomUUID()];
  await run(
    'user',
    'create',
    `--uid=${uid}`,
    '--display-name=Other',
    `--access-key=${accessKeyId}`,
    `--secret-key=${secretAccessKey}`,
  );
  return { accessKeyId, secretAccessKey, admin: (...words) => run(...words, `--uid=${uid}`) };
}

afterEach(() => vi.useRealTimers());

describeOnS3('an S3 store', () => {
  test('with wrong keys says so, whichever half is wrong', async () => {
    const bucket = await newBucket();
    await expectFault(storeWith({ bucket, secretAccessKey: 'wrong' }), 'wrong-keys');
    await expectFault(storeWith({ bucket, accessKeyId: 'NOBODY' }), 'wrong-keys');
  });

  test('tells no secret in what is logged', async () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const { accessKeyId, secretAccessKey } = s3Settings();
    const unknown = storeWith({ bucket: 'nothing-here', accessKeyId: 'NOBODY', secretAccessKey: 'a-secret' });
    for (const asking of [unknown.list(''), storeWith({ bucket: 'nothing-here' }).put('a', { body }, TEXT)])
      await asking.catch((error: unknown) => logger.error({ err: error }, 'failed'));
    expect(lines).toHaveLength(2);
    expect(lines.join('')).toContain('InvalidAccessKeyId');
    for (const secret of ['a-secret', 'Signature=', secretAccessKey, accessKeyId])
      expect(lines.join('')).not.toContain(secret);
  });

  test('without its bucket is not an empty store', async () => {
    await expectFault(storeWith({ bucket: `none-${randomUUID()}` }), 'no-bucket');
  });

  test('of somebody else does not allow it', async () => {
    const { accessKeyId, secretAccessKey } = await newUser();
    await expectFault(storeWith({ bucket: await newBucket(), accessKeyId, secretAccessKey }), 'not-allowed');
  });

  test('that is full says so, and takes more when there is room again', async () => {
    const { accessKeyId, secretAccessKey, admin } = await newUser();
    await admin('quota', 'set', '--quota-scope=user', '--max-objects=1');
    await admin('quota', 'enable', '--quota-scope=user');
    const store = storeWith({ bucket: `full-${randomUUID()}`, accessKeyId, secretAccessKey });
    await setUp(store);
    let puts = 0;
    await expect
      .poll(
        async () => {
          try {
            await store.put(`a/${puts++}`, { body }, TEXT);
            return 'stored';
          } catch (error) {
            return error;
          }
        },
        { timeout: 30_000 },
      )
      .toMatchObject({
        name: 'StoreError',
        code: 'full',
        remedy: expect.stringContaining('quota') as string,
      });
    await admin('quota', 'disable', '--quota-scope=user');
    await expect
      .poll(() => store.put('b', { body }, TEXT).catch(() => undefined), { timeout: 30_000 })
      .toMatchObject({ bytes: 5 });
  });

  test('with a clock an hour away is worked with all the same, and the clock is named', async () => {
    const bucket = await newBucket();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    const store = storeWith({ bucket });
    expect((await store.put('a', { body }, TEXT)).bytes).toBe(5);
    expect(await (await fetch(await store.signedUrl('a', 60))).text()).toBe('hello');
    expect(await examineBucket(store)).toEqual([
      expect.objectContaining({
        verdict: 'warning',
        seen: 'the clock of this machine is 60 min ahead of that of the media store',
      }),
    ]);
    await expect(checkBucket(storeWith({ bucket }, { maxAttempts: 1 }))).rejects.toMatchObject({
      code: 'clock',
    });
  });

  test('that is away, silent or breaks off is away, soon, and works when it is back', async () => {
    const { endpoint = '' } = s3Settings();
    const proxy = await startProxy(endpoint);
    const patient = await newStore({ endpoint: proxy.endpoint });
    const { bucket, prefix } = patient.settings;
    const store = storeWith({ bucket, prefix, endpoint: proxy.endpoint }, QUICK);
    await patient.put('a', { body }, TEXT);
    for (const state of ['refused', 'silent'] as const) {
      await proxy.become(state);
      await expectFault(store, 'away');
      await proxy.become('open');
      expect((await patient.head('a'))?.bytes).toBe(5);
    }
    proxy.cutAfter(0, 1000);
    await expectFault(store, 'away');
    proxy.cutAfter(0, 0);
    expect((await patient.put('a/b', { body }, TEXT)).bytes).toBe(5);
  });

  test('whose name nobody knows is away', async () => {
    await expectFault(storeWith({ endpoint: 'http://s3.invalid:7480' }, QUICK), 'away');
  });

  test('is set up once: made, opened to readers where it is public, closed where it is not', async () => {
    const bucket = `set-up-${randomUUID()}`;
    const { endpoint = '' } = s3Settings();
    const place = { bucket, prefix: 'pods', publicUrl: `${endpoint}/${bucket}/pods` };
    const store = storeWith(place);
    expect((await setUp(store)).map(({ what, outcome }) => `${what}: ${outcome}`)).toEqual([
      'bucket: done',
      'cors: done',
      'leftovers: done',
      'public reading: done',
    ]);
    expect((await setUp(store)).map(({ outcome }) => outcome)).toEqual(Array(4).fill('stood already'));
    const keys = ['media/a.mp3', 'shows/x/feed.xml', 'private/a.mp3', 'sounds/a.flac'];
    for (const key of keys)
      await store.put(key, { body }, { contentType: 'audio/mpeg', cacheControl: 'public, max-age=60' });
    const statuses = await Promise.all(
      keys.map(async (key) => (await fetch(`${place.publicUrl}/${key}`)).status),
    );
    expect(statuses).toEqual([200, 200, 403, 403]);
    expect((await fetch(`${endpoint}/${bucket}`)).status).toBe(403);
    const url = store.publicUrl('media/a.mp3')!;
    const Origin = 'https://player.example.org';
    const answer = await fetch(url, { headers: { Origin, Range: 'bytes=1-3' } });
    expect([answer.status, await answer.text()]).toEqual([206, 'ell']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'audio/mpeg',
      'cache-control': 'public, max-age=60',
      'access-control-allow-origin': expect.stringMatching(/^(\*|https:\/\/player\.example\.org)$/) as string,
    });
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { Origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'range' },
    });
    expect(preflight.status).toBe(200);
    expect(await examineBucket(store)).toEqual([]);
    expect(await store.list('assets/')).toEqual([]);
  });

  test('that lies open, or does not open at all, is found out from outside', async () => {
    const bucket = await newBucket();
    const { endpoint = '' } = s3Settings();
    const store = storeWith({ bucket, publicUrl: `${endpoint}/${bucket}` });
    expect(await examineBucket(store)).toMatchObject([
      { verdict: 'fault', remedy: expect.stringContaining('setup') as string },
    ]);
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
      ],
    });
    await store.clients.writer.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    expect((await examineBucket(store)).map(({ verdict, seen }) => `${verdict}: ${seen}`)).toEqual([
      expect.stringMatching(/^fault: everybody can read what is private/),
      expect.stringMatching(/^warning: .*CORS/),
    ]);
  });
});
