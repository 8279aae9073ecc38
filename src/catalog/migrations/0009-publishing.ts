/** What an episode is in its feed, when it goes out and that it was taken back; and what a show says of itself besides its columns. */
import { type Kysely, sql } from 'kysely';

const oneOf = (column: string, values: string[]) =>
  sql<boolean>`${sql.ref(column)} IN (${sql.join(values.map((value) => sql.lit(value)))})`;

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('shows')
    .addColumn('feed', 'jsonb', (column) => column.notNull().defaultTo(sql`'{}'`))
    .addColumn('brand', 'jsonb', (column) => column.notNull().defaultTo(sql`'{}'`))
    .addColumn('custom_domain', 'text', (column) => column.unique())
    .execute();
  await db.schema
    .alterTable('episodes')
    .addColumn('kind', 'text', (column) =>
      column
        .notNull()
        .defaultTo('full')
        .check(oneOf('kind', ['full', 'trailer', 'bonus'])),
    )
    .addColumn('season', 'integer', (column) => column.check(sql`season > 0`))
    .addColumn('number', 'integer', (column) => column.check(sql`number > 0`))
    .addColumn('visibility', 'text', (column) =>
      column
        .notNull()
        .defaultTo('public')
        .check(oneOf('visibility', ['public', 'unlisted', 'members'])),
    )
    .addColumn('feed', 'jsonb', (column) => column.notNull().defaultTo(sql`'{}'`))
    .addColumn('publish_at', 'timestamptz')
    .addColumn('withdrawn_at', 'timestamptz')
    .execute();
  await db.schema
    .createIndex('episodes_by_schedule')
    .on('episodes')
    .column('publish_at')
    .where(sql.ref('publish_at'), 'is not', null)
    .execute();
  await db.schema
    .createTable('retired_media')
    .addColumn('media_key', 'text', (column) => column.primaryKey())
    .addColumn('episode_id', 'uuid', (column) => column.notNull())
    .addColumn('delete_after', 'timestamptz', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('retired_media_by_end').on('retired_media').column('delete_after').execute();
}
