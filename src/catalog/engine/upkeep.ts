/**
 * What a PostgreSQL server's background processes do, for the embedded engine that has none: PGlite runs PostgreSQL in
 * single-user mode, where no checkpointer bounds the write-ahead log and no autovacuum the tables (measured: 205 MB
 * of log with max_wal_size at 64 MB).
 */

const CHECK_EVERY_MS = 5 * 60_000;
const VACUUM_EVERY_MS = 24 * 60 * 60_000;
/** One segment of the write-ahead log. */
const CHECKPOINT_AFTER_BYTES = 16 * 1024 * 1024;

type ExecuteSql = (text: string) => Promise<{ rows: unknown[] }>;

/** Bytes of write-ahead log that a start after a crash would have to replay. */
export async function unreplayedBytes(executeSql: ExecuteSql): Promise<number> {
  const { rows } = await executeSql(
    'SELECT (pg_current_wal_insert_lsn() - redo_lsn)::float8 AS bytes FROM pg_control_checkpoint()',
  );
  return (rows[0] as { bytes: number }).bytes;
}

/** One round: a checkpoint when the log has grown enough to deserve one. */
export async function checkpointIfGrown(
  executeSql: ExecuteSql,
  limitBytes = CHECKPOINT_AFTER_BYTES,
): Promise<boolean> {
  if ((await unreplayedBytes(executeSql)) < limitBytes) return false;
  await executeSql('CHECKPOINT');
  return true;
}

/** Rounds until closed; a round that fails is reported and the next one tries again. */
export function startUpkeep(
  executeSql: ExecuteSql,
  onFault: (error: unknown) => void,
): { close(): Promise<void> } {
  let current: Promise<unknown> = Promise.resolve();
  const every = (ms: number, run: () => Promise<unknown>) =>
    setInterval(() => {
      current = current.then(run).catch(onFault);
    }, ms).unref();
  const timers = [
    every(CHECK_EVERY_MS, () => checkpointIfGrown(executeSql)),
    every(VACUUM_EVERY_MS, () => executeSql('VACUUM (ANALYZE)')),
  ];
  return {
    async close() {
      for (const timer of timers) clearInterval(timer);
      await current;
    },
  };
}
