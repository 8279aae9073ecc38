/** What the last writing of a show's feed found, for its hosts. In a table of its own: it is on no page and in no feed. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('feed_reports')
    .addColumn('show_id', 'uuid', (column) => column.primaryKey().references('shows.id').onDelete('cascade'))
    .addColumn('report', 'jsonb', (column) => column.notNull())
    .addColumn('made_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute();
}
