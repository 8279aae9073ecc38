/** PostgreSQL inside this process: PGlite on a folder, made durable and kept in shape. One process at a time. */
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect } from 'kysely';
import { guardAgainstDeath } from './death.ts';
import { DurableNodeFS, fsyncPath } from './durable-node-fs.ts';
import type { Engine, EngineEvents } from './engine.ts';
import { acquireLock } from '../../../recorder/folder-lock.ts';
import { startUpkeep } from './upkeep.ts';

/** PGlite's own, with fsync on (-F turns it off) and done by fsync(2), the one call that DurableNodeFS gives a meaning. */
const startParams = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  ...['fsync=on', 'wal_sync_method=fsync', 'shared_buffers=8MB'].flatMap((setting) => ['-c', setting]),
];

/**
 * Opens the database in `folder`, which is made at the first start and locked beside it while open.
 * Throws FolderInUseError when another process has it open.
 */
export async function openEmbedded(folder: string, events: EngineEvents): Promise<Engine> {
  const release = acquireLock(`${folder}.lock`, { command: process.argv.slice(1).join(' ') });
  try {
    if (!fs.existsSync(folder)) await makeDatabase(folder);
    return asEngine(await boot(folder), events, release);
  } catch (error) {
    release();
    throw error;
  }
}

const boot = (folder: string) => PGlite.create({ fs: new DurableNodeFS(folder), startParams });

/** A half-made database is never seen under its own name: whatever interrupts this, the next start begins anew. */
async function makeDatabase(folder: string): Promise<void> {
  const stagingFolder = `${folder}.new`;
  fs.rmSync(stagingFolder, { recursive: true, force: true });
  const database = await boot(stagingFolder);
  await database.exec('CHECKPOINT');
  await database.close();
  for (const entry of fs.readdirSync(stagingFolder, { recursive: true, encoding: 'utf8' }))
    fsyncPath(path.join(stagingFolder, entry));
  fsyncPath(stagingFolder);
  fs.renameSync(stagingFolder, folder);
  fsyncPath(path.dirname(folder));
}

function asEngine(database: PGlite, { onFault, onDeath }: EngineEvents, release: () => void): Engine {
  const guard = guardAgainstDeath(database, onDeath);
  const executeSql = async (text: string, values?: unknown[]) => {
    if (values !== undefined && values.length > 0) return database.query(text, values);
    // There is one connection. Statements that open a transaction of their own are run inside one that PGlite watches
    // over, so that a failure among them is rolled back before anybody else's statement comes in.
    const results = /^\s*BEGIN\b/i.test(text)
      ? await database.transaction((transaction) => transaction.exec(text))
      : await database.exec(text);
    return { rows: results.flatMap((result) => result.rows) };
  };
  const upkeep = startUpkeep(executeSql, onFault);
  return {
    kind: 'embedded',
    dialect: new PGliteDialect({ pglite: database }),
    executeSql,
    async listen(channel, onPayload, onGap) {
      // PGlite calls back from within whichever statement brought the notification, so in the async context of the
      // transaction that sent it; a listener is not part of that transaction.
      const outside = AsyncLocalStorage.snapshot();
      const unlisten = await database.listen(channel, (payload) => outside(() => onPayload(payload)));
      onGap();
      return { close: () => unlisten() };
    },
    async close() {
      await upkeep.close();
      // A dead instance must not write its last checkpoint: the log on the disk is what the next start trusts.
      if (!database.closed && guard.death() === undefined) await database.close();
      release();
    },
  };
}
