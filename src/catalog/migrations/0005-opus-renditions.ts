/** Renditions may be Opus. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('renditions').dropConstraint('renditions_kind_check').execute();
  await db.schema
    .alterTable('renditions')
    .addCheckConstraint('renditions_kind_check', sql`kind IN ('mp3', 'm4a', 'opus')`)
    .execute();
}
