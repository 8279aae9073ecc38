/** Where recordings and the catalog live: the data folder, the room left on its disk, the database. */
import { statfs } from 'node:fs/promises';
import { openServer } from '../../catalog/engine/server.ts';
import { DatabaseUnavailableError } from '../../catalog/errors.ts';
import { makeDataFolder } from '../data-folder.ts';
import type { Finding } from './finding.ts';

const GIB = 2 ** 30;
/** Below this nobody should start a recording: an hour of ten speakers is about 0.3 GiB raw, mastering needs scratch space. */
const COMFORTABLE_FREE_BYTES = 5 * GIB;

export async function checkDataFolder(folder: string): Promise<Finding> {
  const topic = 'data folder';
  try {
    await makeDataFolder(folder);
    const { bavail, bsize } = await statfs(folder);
    const seen = `${folder}, ${((bavail * bsize) / GIB).toFixed(1)} GiB free`;
    const remedy = 'free some space, or set DATA_FOLDER to a larger disk';
    return bavail * bsize >= COMFORTABLE_FREE_BYTES
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
