/** Exports may be the stems of a master. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('exports').dropConstraint('exports_format_check').execute();
  await db.schema
    .alterTable('exports')
    .addCheckConstraint('exports_format_check', sql`format IN ('opus', 'wav', 'flac', 'stems')`)
    .execute();
}
