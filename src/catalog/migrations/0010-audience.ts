/**
 * Who listens, as figures: what was counted by day and episode. What tells listeners apart (salted hashes, and which bytes
 * they had) stands in tables of its own that are emptied when their day is over.
 */
import { type Kysely, sql } from 'kysely';

/** In UTC, as `2026-11-22`: text, so that no time zone of a driver moves it. */
const isDay = sql<boolean>`day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'`;

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('audience_salts')
    .addColumn('day', 'text', (column) => column.primaryKey().check(isDay))
    .addColumn('salt', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('audience_media')
    .addColumn('media_key', 'text', (column) => column.primaryKey())
    .addColumn('episode_id', 'uuid', (column) =>
      column.notNull().references('episodes.id').onDelete('cascade'),
    )
    .addColumn('from_byte', 'bigint', (column) => column.notNull().check(sql`from_byte >= 0`))
    .addColumn('enough_bytes', 'bigint', (column) => column.notNull().check(sql`enough_bytes >= 0`))
    .execute();
  await db.schema
    .createTable('audience_listeners')
    .addColumn('day', 'text', (column) => column.notNull().check(isDay))
    .addColumn('episode_id', 'uuid', (column) =>
      column.notNull().references('episodes.id').onDelete('cascade'),
    )
    .addColumn('listener', 'text', (column) => column.notNull())
    .addColumn('requests', 'bigint', (column) => column.notNull())
    .addColumn('counted', 'boolean', (column) => column.notNull().defaultTo(false))
    .addPrimaryKeyConstraint('audience_listeners_key', ['day', 'episode_id', 'listener'])
    .execute();
  await db.schema
    .createTable('audience_ranges')
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('episode_id', 'uuid', (column) => column.notNull())
    .addColumn('listener', 'text', (column) => column.notNull())
    .addColumn('media_key', 'text', (column) =>
      column.notNull().references('audience_media.media_key').onDelete('cascade'),
    )
    // PostgreSQL 14 and later join ranges by themselves: two processes that add theirs lose nothing.
    .addColumn('sent', sql`int8multirange`, (column) => column.notNull())
    .addPrimaryKeyConstraint('audience_ranges_key', ['day', 'episode_id', 'listener', 'media_key'])
    .addForeignKeyConstraint(
      'audience_ranges_listener',
      ['day', 'episode_id', 'listener'],
      'audience_listeners',
      ['day', 'episode_id', 'listener'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute();
  await db.schema
    .createTable('audience_figures')
    .addColumn('day', 'text', (column) => column.notNull().check(isDay))
    .addColumn('episode_id', 'uuid', (column) =>
      column.notNull().references('episodes.id').onDelete('cascade'),
    )
    .addColumn('dimension', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('amount', 'bigint', (column) => column.notNull().check(sql`amount >= 0`))
    .addPrimaryKeyConstraint('audience_figures_key', ['episode_id', 'day', 'dimension', 'value'])
    .execute();
  await db.schema.createIndex('audience_figures_by_day').on('audience_figures').column('day').execute();
}
