/** A show's revision: it rises with whatever shows in its feed, in the transaction that changes it. */
import { sql } from 'kysely';
import { notifyIn } from './events.ts';
import type { Db } from './handle.ts';

/** Whoever writes feeds hears of it once the transaction commits; `quietly` where a job of its own is on its way. */
export async function raiseRevision(trx: Db, showId: string, { quietly = false } = {}): Promise<void> {
  await trx
    .updateTable('shows')
    .set({
      feed_revision: sql<number>`feed_revision + 1`,
      feed_behind_since: sql<Date>`coalesce(feed_behind_since, now())`,
    })
    .where('id', '=', showId)
    .execute();
  if (!quietly) await notifyIn(trx, { type: 'stale-feed', showId });
}
