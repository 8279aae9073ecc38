/** Which revision of a show stands in its feed: what is behind is written anew, whoever raised the revision. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('shows')
    .addColumn('feed_published_revision', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex('shows_behind')
    .on('shows')
    .column('id')
    .where(sql<boolean>`published_at IS NOT NULL AND feed_revision > feed_published_revision`)
    .execute();
}
