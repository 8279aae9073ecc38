/** Prepares a bucket: made where it is missing, then CORS, the rule for leftovers and, where wanted, public reading. */
import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import { codeOf, statusOf, toStoreError } from './s3-fault.ts';
import { canonical, corsRules, lifecycleRules, policyWith } from './s3-rules.ts';
import type { S3Store } from './s3-store.ts';
import { StoreError } from './store-error.ts';

export interface SetupStep {
  what: 'bucket' | 'cors' | 'leftovers' | 'public reading';
  outcome: 'done' | 'stood already' | 'left alone' | 'not here';
  /** Why it was left alone, or what to do instead. */
  note?: string;
}

/** What a server says where nothing of the kind stands yet. */
const NOTHING_YET = new Set([
  'NoSuchCORSConfiguration',
  'NoSuchLifecycleConfiguration',
  'NoSuchBucketPolicy',
]);

async function standing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (NOTHING_YET.has(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** Servers that cannot do a step say so, and the others are done: rejects with StoreError only where nothing can be done. */
export async function* setUpBucket({ settings, clients }: S3Store): AsyncGenerator<SetupStep, void, void> {
  const { writer } = clients;
  const { bucket: Bucket, prefix, endpoint, region, publicUrl } = settings;

  /** Changes what stands, unless it is as wanted. */
  const bring = async <T>(
    what: SetupStep['what'],
    instead: string,
    read: () => Promise<T | undefined>,
    wanted: (stands: T | undefined) => T,
    write: (wanted: T) => Promise<unknown>,
  ): Promise<SetupStep> => {
    try {
      const stands = await standing(read());
      let change: T;
      try {
        change = wanted(stands);
      } catch {
        return { what, outcome: 'left alone', note: `what stands cannot be understood; ${instead}` };
      }
      if (isDeepStrictEqual(canonical(stands), canonical(change))) return { what, outcome: 'stood already' };
      await write(change);
      return { what, outcome: 'done' };
    } catch (error) {
      const fault = toStoreError(error);
      if (!(fault instanceof StoreError)) throw fault;
      if (!['unsupported', 'not-allowed', 'refused'].includes(fault.code)) throw fault;
      return { what, outcome: 'not here', note: `the store answered "${fault.answer}"; ${instead}` };
    }
  };

  try {
    await writer.send(new HeadBucketCommand({ Bucket }));
    yield { what: 'bucket', outcome: 'stood already' };
  } catch (error) {
    if (statusOf(error) !== 404) throw toStoreError(error);
    // Amazon wants the region said, but not its first one ("CreateBucket", LocationConstraint); others take it from the endpoint.
    const elsewhere = endpoint === undefined && region !== 'us-east-1';
    const location = elsewhere
      ? { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }
      : {};
    await writer.send(new CreateBucketCommand({ Bucket, ...location })).catch((failure: unknown) => {
      throw toStoreError(failure);
    });
    yield { what: 'bucket', outcome: 'done' };
  }
  yield await bring(
    'cors',
    'allow GET and HEAD from every origin by its own means, or web players of other sites cannot use chapters and transcripts',
    async () => (await writer.send(new GetBucketCorsCommand({ Bucket }))).CORSRules,
    (rules) => corsRules(rules ?? []),
    (rules) => writer.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: rules } })),
  );
  yield await bring(
    'leftovers',
    'have it abort multipart uploads that were not completed within a day, by its own means',
    async () => (await writer.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules,
    (rules) => lifecycleRules(rules ?? [], prefix),
    (rules) =>
      writer.send(
        new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: rules } }),
      ),
  );
  if (publicUrl === undefined) {
    const note = 'S3_PUBLIC_URL is not set, so listeners get everything through Stagecast';
    yield { what: 'public reading', outcome: 'left alone', note };
    return;
  }
  yield await bring(
    'public reading',
    'let everybody read what lies under art/, assets/, media/ and shows/, and nothing else, by its own means (Amazon: switch off "Block public access" for this bucket first)',
    async () => (await writer.send(new GetBucketPolicyCommand({ Bucket }))).Policy,
    (policy) => policyWith(policy, settings),
    (policy) => writer.send(new PutBucketPolicyCommand({ Bucket, Policy: policy })),
  );
}
