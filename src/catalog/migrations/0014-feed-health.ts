/** How feeds are doing: since when one is behind its show, who of the directories fetched it last, and what is wrong at present. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('shows').addColumn('feed_behind_since', 'timestamptz').execute();
  await db.schema
    .createTable('directory_fetches')
    .addColumn('show_id', 'uuid', (column) => column.notNull().references('shows.id').onDelete('cascade'))
    .addColumn('directory', 'text', (column) => column.notNull())
    .addColumn('fetched_at', 'timestamptz', (column) => column.notNull())
    .addColumn('status', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('directory_fetches_one_of_each', ['show_id', 'directory'])
    .execute();
  await db.schema
    .createTable('troubles')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('said', 'text', (column) => column.notNull())
    .addColumn('since', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addColumn('told_at', 'timestamptz')
    .addColumn('over_at', 'timestamptz')
    .execute();
}
