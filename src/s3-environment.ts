/** The settings of an S3 store, and which of them do not go together. */
import { z } from 'zod';
import type { S3Settings } from '../publisher/media/s3-settings.ts';
import { onOff, optional, privateUrl, webUrl } from './setting-types.ts';

const word = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^[!-~]+$/, `must be one word of plain characters: ${what}`);

export const s3Environment = {
  S3_BUCKET: optional(
    z
      .string()
      .trim()
      // Amazon S3 User Guide, "General purpose bucket naming rules"; others allow no less.
      .regex(
        /^(?!xn--|\d+\.\d+\.\d+\.\d+$)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/,
        "must be a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens, without an address around it",
      ),
  ),
  S3_ENDPOINT: optional(
    privateUrl('https://s3.example.org', 'what is for members would travel in the clear'),
  ),
  S3_REGION: optional(word('such as eu-west-1')),
  S3_ACCESS_KEY_ID: optional(word('the id of an access key')),
  S3_SECRET_ACCESS_KEY: optional(word('the secret that came with the access key')),
  S3_PATH_STYLE: optional(onOff()),
  S3_PREFIX: optional(
    z
      .string()
      .trim()
      .transform((text) => text.replace(/^\/+|\/+$/g, ''))
      .refine(
        (text) => /^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)*$/i.test(text) && text.length <= 200,
        'must be a path such as podcasts/main: letters, digits, dots, hyphens and underscores, at most 200',
      ),
  ),
  S3_PUBLIC_URL: optional(webUrl('https://cdn.example.org')),
};

type S3Environment = z.infer<z.ZodObject<typeof s3Environment>> & { BASE_URL?: string | undefined };

/** Amazon's regions begin so; without an endpoint nothing else can be meant. */
const WITHOUT_ENDPOINT = 'without S3_ENDPOINT it is at Amazon';

/** The store's settings, undefined for none; and what is wrong about them, each beginning with the setting to change. */
export function readS3(env: S3Environment): { s3: S3Settings | undefined; faults: string[] } {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_PUBLIC_URL: publicUrl } = env;
  if (bucket === undefined) {
    const others = (Object.keys(s3Environment) as (keyof typeof s3Environment)[]).filter(
      (name) => env[name] !== undefined,
    );
    const faults = others.map(
      (name) => `${name} is set and S3_BUCKET is not: name the bucket, or unset ${name}`,
    );
    return { s3: undefined, faults: faults.slice(0, 1) };
  }
  const pathStyle = env.S3_PATH_STYLE ?? endpoint !== undefined;
  const faults: string[] = [];
  for (const name of ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const)
    if (env[name] === undefined)
      faults.push(`${name} is not set: S3_BUCKET needs the access key that may write to it, both its parts`);
  if (endpoint === undefined && env.S3_REGION === undefined)
    faults.push(
      `S3_REGION is not set: ${WITHOUT_ENDPOINT}, where every bucket has a region such as eu-west-1`,
    );
  if (endpoint !== undefined && holdsBucket(endpoint, bucket))
    faults.push(`S3_ENDPOINT must not name the bucket: leave "${bucket}" out of it, S3_BUCKET says it`);
  if (!pathStyle && bucket.includes('.') && endpoint?.startsWith('http://') !== true)
    faults.push(
      'S3_PATH_STYLE must be on for a bucket with dots in its name: no certificate covers such a name before the host',
    );
  if (publicUrl !== undefined && publicUrl === env.BASE_URL)
    faults.push(
      'S3_PUBLIC_URL must be the address of the bucket or of a CDN before it, not BASE_URL, which is ours',
    );
  if (faults.length > 0) return { s3: undefined, faults };
  const s3 = Object.freeze({
    bucket,
    endpoint,
    region: env.S3_REGION ?? 'us-east-1',
    accessKeyId: env.S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.S3_SECRET_ACCESS_KEY ?? '',
    pathStyle,
    prefix: env.S3_PREFIX ?? '',
    publicUrl,
  });
  return { s3, faults };
}

function holdsBucket(endpoint: string, bucket: string): boolean {
  const { hostname, pathname } = new URL(endpoint);
  return hostname.startsWith(`${bucket}.`) || pathname.split('/').includes(bucket);
}
