/** Whether a server heeds conditions on a PUT, and in which form: found by trying, because documents and servers differ. */
import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { codeOf, statusOf } from './s3-fault.ts';
import type { PutOptions } from './store.ts';

/** How an ETag stands in If-Match: as HTTP has it (RFC 9110, 13.1.1), or bare, as Ceph 16 compares it. */
export type TagForm = 'quoted' | 'bare';

const OTHER_TAG = '0123456789abcdef0123456789abcdef';

export const bare = (etag: string): string => etag.replace(/^"|"$/g, '');

/** Statuses of a condition that does not hold; 409 is Amazon's where another writer is at it, 404 for a tag where nothing is. */
export const isUnmet = (error: unknown): boolean =>
  [404, 409, 412].includes(statusOf(error) ?? 0) && codeOf(error) !== 'NoSuchBucket';

/** What goes with the PUT. */
export const conditionOf = (
  onlyIf: NonNullable<PutOptions['onlyIf']>,
  form: TagForm,
): { IfMatch: string } | { IfNoneMatch: string } =>
  onlyIf === 'absent'
    ? { IfNoneMatch: '*' }
    : { IfMatch: form === 'bare' ? bare(onlyIf.etag) : `"${bare(onlyIf.etag)}"` };

/**
 * Writes a small object under a key of its own, with conditions that hold and others that do not. Answers the form that
 * works, undefined where the server lets everything pass or refuses conditions; rejects when it cannot be asked.
 */
export async function probeConditions(
  client: S3Client,
  bucket: string,
  keyFor: (name: string) => string,
): Promise<TagForm | undefined> {
  const object = { Bucket: bucket, Key: keyFor(`conditions-${randomUUID()}`) };
  let version = 0;
  /** The ETag of what was put; undefined when the condition was said not to hold, or was not understood. */
  const put = async (condition: { IfMatch?: string; IfNoneMatch?: string }) => {
    try {
      const Body = Buffer.from(`probe ${(version += 1)}`);
      return (await client.send(new PutObjectCommand({ ...object, ...condition, Body }))).ETag;
    } catch (error) {
      if (isUnmet(error) || statusOf(error) === 501) return undefined;
      throw error;
    }
  };
  try {
    // MinIO before September 2025 stores where there is nothing to match (github.com/minio/minio/issues/21526).
    if ((await put(conditionOf({ etag: OTHER_TAG }, 'quoted'))) !== undefined) return undefined;
    const first = await put({ IfNoneMatch: '*' });
    if (first === undefined || (await put({ IfNoneMatch: '*' })) !== undefined) return undefined;
    for (const form of ['quoted', 'bare'] as const) {
      const second = await put(conditionOf({ etag: first }, form));
      if (second === undefined) continue;
      return (await put(conditionOf({ etag: OTHER_TAG }, form))) === undefined ? form : undefined;
    }
    return undefined;
  } finally {
    await client.send(new DeleteObjectCommand(object)).catch(() => undefined);
  }
}
