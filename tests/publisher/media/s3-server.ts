/** The S3 server that `npm run test:s3` starts, for suites that need a real one. */
import { randomUUID } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { describe, onTestFinished } from 'vitest';
import type { S3ClientOptions } from '../../../publisher/media/s3-client.ts';
import type { S3Settings } from '../../../publisher/media/s3-settings.ts';
import { createS3Store, type S3Store } from '../../../publisher/media/s3-store.ts';

const {
  TEST_S3_ENDPOINT: endpoint,
  TEST_S3_ACCESS_KEY_ID = '',
  TEST_S3_SECRET_ACCESS_KEY = '',
} = process.env;

/** A suite that is skipped, and says why, where no server was started. */
export function describeOnS3(name: string, suite: () => void): void {
  if (endpoint === undefined) describe.skip(`${name} (needs an S3 server: npm run test:s3)`, suite);
  else describe(name, suite);
}

export function s3Settings(own: Partial<S3Settings> = {}): S3Settings {
  return {
    bucket: 'none-yet',
    endpoint,
    region: 'us-east-1',
    accessKeyId: TEST_S3_ACCESS_KEY_ID,
    secretAccessKey: TEST_S3_SECRET_ACCESS_KEY,
    pathStyle: true,
    prefix: '',
    publicUrl: undefined,
    ...own,
  };
}

export function storeWith(own: Partial<S3Settings>, options?: S3ClientOptions): S3Store {
  const store = createS3Store(s3Settings(own), options);
  onTestFinished(() => store.close());
  return store;
}

export async function newBucket(): Promise<string> {
  const bucket = `test-${randomUUID()}`;
  await storeWith({}).clients.writer.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

let shared: Promise<string> | undefined;
/** An empty part of a bucket that many tests share. */
export async function newStore(own: Partial<S3Settings> = {}, options?: S3ClientOptions): Promise<S3Store> {
  const bucket = await (shared ??= newBucket());
  return storeWith({ bucket, prefix: `tests/${randomUUID()}`, ...own }, options);
}
