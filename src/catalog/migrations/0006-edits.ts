/** An episode remembers how it was edited, and which parts of its session stand in its audio. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('episodes').addColumn('edit', 'jsonb').addColumn('pieces', 'jsonb').execute();
}
