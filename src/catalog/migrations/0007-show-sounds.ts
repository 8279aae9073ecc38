/** A show's intro, outro and bed, as files in the media store; at most one of each. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('show_sounds')
    .addColumn('show_id', 'uuid', (column) => column.notNull().references('shows.id').onDelete('cascade'))
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind IN ('intro', 'outro', 'bed')`))
    .addColumn('name', 'text')
    .addColumn('media_key', 'text')
    .addColumn('duration_us', 'bigint', (column) => column.check(sql`duration_us > 0`))
    .addColumn('request_id', 'uuid')
    .addColumn('failure', 'text')
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint('show_sounds_one_of_a_kind', ['show_id', 'kind'])
    .addCheckConstraint('show_sounds_whole', sql`num_nulls(name, media_key, duration_us) IN (0, 3)`)
    .execute();
}
