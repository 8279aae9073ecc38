/**
 * `stagecast store copy`: brings what stands in the media folder into the bucket, with types, cache headers and hashes, which
 * other tools lose. What is there already is left alone, so that it may be broken off and run again.
 */
import path from 'node:path';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { checkBucket } from '../../publisher/media/s3-check.ts';
import { createS3Store } from '../../publisher/media/s3-store.ts';
import { StoreError } from '../../publisher/media/store-error.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import { type Config, ConfigError } from '../config.ts';

/** Feeds and pages last: what they lead to is there before them. */
const inOrder = (keys: readonly string[]) => [
  ...keys.filter((key) => !key.startsWith('shows/')),
  ...keys.filter((key) => key.startsWith('shows/')),
];

/** Answers how many objects were copied, of how many. */
export async function copyMedia(
  mediaFolder: string,
  to: Pick<MediaStore, 'head' | 'put'>,
): Promise<{ copied: number; all: number }> {
  const from = createFolderStore(mediaFolder);
  const keys = inOrder(await from.list(''));
  let copied = 0;
  for (const key of keys) {
    const object = await from.head(key);
    if (object === undefined || (await to.head(key))?.sha256 === object.sha256) continue;
    const { contentType, cacheControl, metadata } = object;
    const source = { path: path.join(mediaFolder, key) };
    await to.put(key, source, { contentType, metadata, ...(cacheControl !== undefined && { cacheControl }) });
    copied += 1;
  }
  return { copied, all: keys.length };
}

export async function copyToStore({ s3, mediaFolder }: Pick<Config, 's3' | 'mediaFolder'>): Promise<number> {
  if (s3 === undefined)
    throw new ConfigError(['S3_BUCKET is not set: there is no bucket to copy into (docs/media-store.md)']);
  const store = createS3Store(s3);
  try {
    await checkBucket(store);
    const { copied, all } = await copyMedia(mediaFolder, store);
    console.log(`${copied} of ${all} objects copied from ${mediaFolder}; the others were there already.`);
    return 0;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    console.error(`✗ ${error.message} (${error.answer})\n  → ${error.remedy}; then run it again`);
    return 1;
  } finally {
    store.close();
  }
}
