/** Whether a bucket can be worked with: a first look at every start, and a thorough one for the doctor. */
import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { toStoreError } from './s3-fault.ts';
import type { S3Store } from './s3-store.ts';
import { StoreError } from './store-error.ts';
import { PRIVATE_PREFIX } from './store.ts';

/** Amazon and Ceph refuse signatures that are 15 minutes off; links that we sign run out early or late long before. */
const TOLERATED_CLOCK_MS = 60_000;
const FETCH_WITHIN_MS = 10_000;

/** Lists one object: proves way, keys, bucket and the right to read. Rejects with StoreError. */
export async function checkBucket({ settings, clients }: S3Store): Promise<void> {
  const { bucket: Bucket, prefix: Prefix } = settings;
  try {
    await clients.reader.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }));
  } catch (error) {
    throw toStoreError(error);
  }
}

export interface BucketNote {
  verdict: 'warning' | 'fault';
  seen: string;
  remedy: string;
}

/** Puts, reads and removes small objects, also from outside. Rejects with StoreError where the store cannot be worked with. */
export async function examineBucket(store: S3Store): Promise<BucketNote[]> {
  await checkBucket(store);
  const notes: BucketNote[] = [];
  const aheadMs = store.clients.clockAheadMs() ?? 0;
  if (Math.abs(aheadMs) > TOLERATED_CLOCK_MS) {
    const minutes = Math.round(Math.abs(aheadMs) / 60_000);
    const { remedy } = new StoreError('clock', '');
    const seen = `the clock of this machine is ${minutes} min ${aheadMs > 0 ? 'behind' : 'ahead of'} that of the media store`;
    notes.push({ verdict: 'warning', seen, remedy });
  }
  const options = { contentType: 'text/plain', cacheControl: 'no-store' };
  const name = `doctor-${randomUUID()}.txt`;
  const keys = [`${PRIVATE_PREFIX}${name}`, `assets/${name}`] as const;
  try {
    for (const key of keys) await store.put(key, { body: Buffer.from(key) }, options);
    if (!(await store.conditionalPuts()))
      notes.push({
        verdict: 'warning',
        seen: 'it heeds no conditions on what is put (If-Match), so publishers are kept apart by the catalog alone',
        remedy: 'nothing to do; a newer release of the store may know them',
      });
    if (store.settings.publicUrl !== undefined)
      notes.push(...(await fromOutside(store.settings.publicUrl, keys)));
  } finally {
    for (const key of keys) await store.delete(key).catch(() => undefined);
  }
  return notes;
}

/** What the world sees of a private and of a public object. */
async function fromOutside(
  publicUrl: string,
  [secret, open]: readonly [string, string],
): Promise<BucketNote[]> {
  const get = (key: string) =>
    fetch(`${publicUrl}/${key}`, {
      headers: { Origin: 'https://player.example.org' },
      signal: AbortSignal.timeout(FETCH_WITHIN_MS),
    });
  try {
    const [hidden, shown] = [await get(secret), await get(open)];
    const notes: BucketNote[] = [];
    if (hidden.ok)
      notes.push({
        verdict: 'fault',
        seen: `everybody can read what is private: ${publicUrl}/${PRIVATE_PREFIX} is open`,
        remedy:
          'let the bucket be read only below art/, assets/, media/ and shows/: npm start -- store setup',
      });
    if (!shown.ok || (await shown.text()) !== open)
      notes.push({
        verdict: 'fault',
        seen: `S3_PUBLIC_URL does not lead to what is published (${shown.status} for ${open})`,
        remedy:
          'npm start -- store setup opens the bucket to readers; else correct S3_PUBLIC_URL, which stands before the keys',
      });
    else if (shown.headers.get('access-control-allow-origin') === null)
      notes.push({
        verdict: 'warning',
        seen: 'web players of other sites may not read what is published (no CORS)',
        remedy: 'npm start -- store setup, or by the means of the CDN before it',
      });
    return notes;
  } catch (error) {
    const seen = `S3_PUBLIC_URL cannot be reached from here (${String(error instanceof Error ? (error.cause ?? error) : error)})`;
    return [{ verdict: 'warning', seen, remedy: 'correct it, or see whether listeners reach it' }];
  }
}
