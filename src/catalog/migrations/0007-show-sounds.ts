/** A show may have an intro, an outro and a bed: keys of the media store. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  let table = db.schema.alterTable('shows').addColumn('intro_key', 'text');
  for (const column of ['outro_key', 'bed_key']) table = table.addColumn(column, 'text');
  await table.execute();
}
