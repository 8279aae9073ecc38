/** What producers asked for: a session's tracks in a form for other programs, kept for a while. */
import { type Kysely, sql } from 'kysely';

const oneOf = (column: string, values: string[]) =>
  sql<boolean>`${sql.ref(column)} IN (${sql.join(values.map((value) => sql.lit(value)))})`;

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('sessions')
    .addUniqueConstraint('sessions_id_guild', ['id', 'guild_id'])
    .execute();
  await db.schema
    .createTable('exports')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('session_id', 'uuid', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('format', 'text', (column) => column.notNull().check(oneOf('format', ['opus', 'wav', 'flac'])))
    .addColumn('from_us', 'bigint', (column) => column.check(sql`from_us >= 0`))
    .addColumn('to_us', 'bigint', (column) => column.check(sql`to_us > from_us`))
    .addColumn('state', 'text', (column) =>
      column.notNull().check(oneOf('state', ['making', 'ready', 'failed'])),
    )
    .addColumn('failure', 'text')
    .addColumn('name', 'text')
    .addColumn('files', 'jsonb', (column) => column.notNull().defaultTo(sql`'[]'`))
    .addColumn('bytes', 'bigint')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addColumn('ready_at', 'timestamptz')
    .addColumn('expires_at', 'timestamptz')
    .addForeignKeyConstraint('exports_session', ['session_id', 'guild_id'], 'sessions', ['id', 'guild_id'])
    .addCheckConstraint('exports_range_whole', sql`num_nulls(from_us, to_us) IN (0, 2)`)
    .addCheckConstraint('exports_failure_said', sql`state <> 'failed' OR failure IS NOT NULL`)
    .addCheckConstraint('exports_end', sql`state = 'making' OR expires_at IS NOT NULL`)
    .addCheckConstraint('exports_ready_whole', sql`state <> 'ready' OR num_nulls(name, bytes, ready_at) = 0`)
    .execute();
  await db.schema.createIndex('exports_by_session').on('exports').column('session_id').execute();
  await db.schema.createIndex('exports_by_end').on('exports').column('expires_at').execute();
}
