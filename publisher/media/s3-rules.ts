/** What a bucket must say about itself for listeners and for leftovers; beside what it says already. Pure. */
import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { S3Settings } from './s3-settings.ts';
import { PUBLIC_PREFIXES } from './store.ts';

/** Marks what is ours, so that the rules of others stay as they are. */
const CORS_ID = 'stagecast-players';
const LIFECYCLE_ID = 'stagecast-leftover-uploads';
const STATEMENT_ID = 'StagecastPublicRead';

/** Web players of other sites fetch chapters, transcripts, art and audio, by ranges. */
const CORS_RULE: CORSRule = {
  ID: CORS_ID,
  AllowedOrigins: ['*'],
  AllowedMethods: ['GET', 'HEAD'],
  AllowedHeaders: ['Range', 'If-Range', 'If-None-Match', 'If-Modified-Since'],
  ExposeHeaders: ['Accept-Ranges', 'Content-Length', 'Content-Range', 'ETag'],
  MaxAgeSeconds: 86_400,
};

export const corsRules = (standing: readonly CORSRule[]): CORSRule[] => [
  ...standing.filter(({ ID }) => ID !== CORS_ID),
  CORS_RULE,
];

/** Parts of an upload whose process was killed are kept, and paid for, until somebody aborts it. */
export const lifecycleRules = (standing: readonly LifecycleRule[], prefix: string): LifecycleRule[] => [
  ...standing.filter(({ ID }) => ID !== LIFECYCLE_ID),
  {
    ID: LIFECYCLE_ID,
    Status: 'Enabled',
    Filter: { Prefix: prefix === '' ? '' : `${prefix}/` },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  },
];

const policyShape = z.looseObject({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) });

/** Everybody may get what is public, and list nothing. Throws where the standing policy cannot be understood. */
export function policyWith(
  standing: string | undefined,
  { bucket, prefix }: Pick<S3Settings, 'bucket' | 'prefix'>,
): string {
  const top = prefix === '' ? '' : `${prefix}/`;
  const { Statement: others, ...rest } =
    standing === undefined
      ? { Version: '2012-10-17', Statement: [] }
      : policyShape.parse(JSON.parse(standing));
  const ours = {
    Sid: STATEMENT_ID,
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: PUBLIC_PREFIXES.map((each) => `arn:aws:s3:::${bucket}/${top}${each}*`),
  };
  return JSON.stringify({ ...rest, Statement: [...others.filter(({ Sid }) => Sid !== STATEMENT_ID), ours] });
}

/** Rules as they are compared: servers hand them out with lists and fields in an order of their own. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    return items.every((item) => typeof item === 'string') ? items.sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(fields.map(([name, each]) => [name, canonical(each)]));
}
