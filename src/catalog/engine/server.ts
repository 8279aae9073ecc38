/** PostgreSQL by DATABASE_URL, shared by as many processes as there are. */
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { DatabaseUnavailableError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { listenForever } from './server-listener.ts';

/** Our int8 columns hold bytes and microseconds, far below 2^53; pg gives text by default to be safe above it. */
const INT8_OID = pg.types.builtins.INT8;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === INT8_OID ? Number : (pg.types.getTypeParser(oid, format) as (value: string) => unknown),
};

/** Throws DatabaseUnavailableError, with the address but without the password, when the server cannot be reached or refuses us. */
export async function openServer(databaseUrl: string, onFault: (error: unknown) => void): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    types,
    connectionTimeoutMillis: 10_000,
    application_name: 'stagecast',
  });
  // A connection that breaks while idle; the pool replaces it by itself.
  pool.on('error', onFault);
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    throw new DatabaseUnavailableError(
      `The database at ${withoutPassword(databaseUrl)} cannot be used: ${(error as Error).message || String((error as NodeJS.ErrnoException).code)}. ` +
        'Check DATABASE_URL, and that the server runs and lets this machine in.',
      { cause: error },
    );
  }
  return {
    kind: 'server',
    dialect: new PostgresDialect({ pool }),
    async executeSql(text, values) {
      const results: unknown = await pool.query(text, values);
      // pg answers several statements with a result for each (pg.Client, simple protocol).
      const rows = Array.isArray(results)
        ? (results as pg.QueryResult[]).flatMap((result) => result.rows as unknown[])
        : ((results as pg.QueryResult).rows as unknown[]);
      return { rows };
    },
    listen: (channel, onPayload, onGap) =>
      listenForever({
        connect: () =>
          new pg.Client({ connectionString: databaseUrl, keepAlive: true, query_timeout: 10_000 }),
        channel,
        onPayload,
        onGap,
        onFault,
      }),
    async close() {
      if (!pool.ending) await pool.end();
    },
  };
}

function withoutPassword(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  return url === null ? 'DATABASE_URL' : `${url.host}${url.pathname}`;
}
