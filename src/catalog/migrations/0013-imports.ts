/**
 * Shows come from other hosts: their episodes have no session, guids that are unique in their show alone, pictures of their
 * own, and whatever kind of file their feed named.
 */
import { type Kysely, sql } from 'kysely';

const oneOf = (column: string, values: string[]) =>
  sql<boolean>`${sql.ref(column)} IN (${sql.join(values.map((value) => sql.lit(value)))})`;

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('episodes')
    .alterColumn('session_id', (column) => column.dropNotNull())
    .execute();
  // The key to its session, which named its show as well, says nothing of an episode without one.
  await db.schema
    .alterTable('episodes')
    .addForeignKeyConstraint('episodes_show', ['show_id'], 'shows', ['id'])
    .execute();
  await db.schema.alterTable('episodes').addColumn('cover_key', 'text').execute();
  await db.schema.alterTable('episodes').dropConstraint('episodes_guid_key').execute();
  await db.schema
    .alterTable('episodes')
    .addUniqueConstraint('episodes_guid_in_show', ['show_id', 'guid'])
    .execute();
  await db.schema.alterTable('renditions').dropConstraint('renditions_kind_check').execute();
  await db.schema
    .alterTable('renditions')
    .addCheckConstraint('renditions_kind_check', oneOf('kind', ['mp3', 'm4a', 'opus', 'mp4']))
    .execute();
  await db.schema
    .createTable('imports')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('guild_id', 'text', (column) => column.notNull().references('guilds.id'))
    .addColumn('feed_url', 'text', (column) => column.notNull())
    .addColumn('show_slug', 'text')
    .addColumn('allow_hosts', 'jsonb', (column) => column.notNull().defaultTo(sql`'[]'`))
    .addColumn('show_id', 'uuid', (column) => column.references('shows.id').onDelete('cascade'))
    .addColumn('state', 'text', (column) =>
      column.notNull().check(oneOf('state', ['running', 'unproven', 'done', 'failed'])),
    )
    .addColumn('said', 'text')
    .addColumn('proven_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addUniqueConstraint('imports_of_guild', ['guild_id', 'feed_url'])
    .execute();
}
