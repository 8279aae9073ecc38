/** Where recordings, the catalog and media live: the data folder, the room left on its disk, the database, the media store. */
import { statfs } from 'node:fs/promises';
import { StoreError } from '../../../publisher/media/store-error.ts';
import { type Config, ConfigError } from '../../config.ts';
import { openServer } from '../../catalog/engine/server.ts';
import { DatabaseUnavailableError } from '../../catalog/errors.ts';
import { voiceCertificates } from '../ca-file.ts';
import { makeDataFolder } from '../data-folder.ts';
import type { Finding } from './finding.ts';

const GIB = 2 ** 30;
/** Below this nobody should start a recording: an hour of ten speakers is about 0.3 GiB raw, mastering needs scratch space. */
const COMFORTABLE_FREE_BYTES = 5 * GIB;

const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;

/** @param floorBytes - of free space; below it no recording starts */
export async function checkDataFolder(folder: string, floorBytes: number): Promise<Finding> {
  const topic = 'data folder';
  try {
    await makeDataFolder(folder);
    const { bavail, bsize } = await statfs(folder);
    const freeBytes = bavail * bsize;
    const seen = `${folder}, ${gib(freeBytes)} free`;
    const remedy = 'free some space, or set DATA_FOLDER to a larger disk';
    if (freeBytes < floorBytes)
      return {
        ...{
          topic,
          verdict: 'fault',
          seen: `${seen}: below DISK_FLOOR_MB (${gib(floorBytes)}) no recording starts`,
        },
        remedy: `${remedy}, or lower DISK_FLOOR_MB`,
      };
    return freeBytes >= COMFORTABLE_FREE_BYTES
      ? { topic, verdict: 'good', seen }
      : { topic, verdict: 'warning', seen, remedy };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { topic, verdict: 'fault', seen, remedy: 'set DATA_FOLDER to a folder this user may write' };
  }
}

export async function checkDatabase(databaseUrl: string | undefined): Promise<Finding> {
  const topic = 'database';
  if (databaseUrl === undefined) return { topic, verdict: 'good', seen: 'embedded, in the data folder' };
  try {
    const engine = await openServer(databaseUrl, () => undefined);
    const { rows } = await engine.executeSql('SHOW server_version');
    await engine.close();
    const { server_version: version } = rows[0] as { server_version: string };
    return { topic, verdict: 'good', seen: `PostgreSQL ${version}` };
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    // The message says what to check.
    return { topic, verdict: 'fault', seen: error.message, remedy: 'correct DATABASE_URL in .env' };
  }
}

/** Puts, reads and removes small objects; with S3_PUBLIC_URL it looks from outside, too. */
export async function checkMediaStore({
  s3,
  mediaFolder,
}: Pick<Config, 's3' | 'mediaFolder'>): Promise<Finding[]> {
  const topic = 'media store';
  if (s3 === undefined) return [{ topic, verdict: 'good', seen: `the folder ${mediaFolder}` }];
  const place = `bucket ${s3.bucket} at ${s3.endpoint ?? `Amazon in ${s3.region}`}`;
  const { createS3Store } = await import('../../../publisher/media/s3-store.ts');
  const { examineBucket } = await import('../../../publisher/media/s3-check.ts');
  // Somebody waits for the answer.
  const store = createS3Store(s3, { maxAttempts: 2, idleMs: 10_000 });
  try {
    const notes = await examineBucket(store);
    const heeds = (await store.conditionalPuts()) ? ', heeds conditions on what is put' : '';
    return [
      { topic, verdict: 'good', seen: `${place}${heeds}` },
      ...notes.map((note) => ({ topic, ...note, seen: `${place}: ${note.seen}` })),
    ];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { message, answer, remedy } = error;
    return [{ topic, verdict: 'fault', seen: `${place}: ${message} (${answer})`, remedy }];
  } finally {
    store.close();
  }
}

/** Undefined without DISCORD_CA_FILE: then there is nothing to look at. */
export async function checkCertificates(caFile: string | undefined): Promise<Finding | undefined> {
  if (caFile === undefined) return undefined;
  const topic = 'certificates';
  try {
    await voiceCertificates(caFile);
    return { topic, verdict: 'good', seen: `${caFile}, trusted for voice` };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { topic, verdict: 'fault', seen: error.faults.join('; '), remedy: 'correct it in .env' };
  }
}
