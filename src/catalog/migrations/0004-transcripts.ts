/** What was said in an episode, as files in the media store; at most one transcript an episode. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('transcripts')
    .addColumn('episode_id', 'uuid', (column) =>
      column.primaryKey().references('episodes.id').onDelete('cascade'),
    )
    .addColumn('state', 'text', (column) =>
      column.notNull().check(sql`state IN ('making', 'ready', 'skipped', 'failed')`),
    )
    .addColumn('note', 'text')
    .addColumn('language', 'text')
    .addColumn('cues', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('vtt_key', 'text')
    .addColumn('srt_key', 'text')
    .addColumn('json_key', 'text')
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addCheckConstraint('transcripts_files_whole', sql`num_nulls(vtt_key, srt_key, json_key) IN (0, 3)`)
    .addCheckConstraint('transcripts_note_said', sql`state NOT IN ('skipped', 'failed') OR note IS NOT NULL`)
    .execute();
}
