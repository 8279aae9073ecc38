/**
 * Leases: one holder at a time, for a while. By the database's clock, which is everybody's; a holder that dies leaves nothing
 * behind but the wait for its end.
 */
import { sql } from 'kysely';
import type { Db } from './handle.ts';

export interface Leases {
  /** Takes or renews it; false while somebody else holds it. */
  take(name: string, holder: string, seconds: number): Promise<boolean>;
  /** Gives it back; nothing happens when it has gone to somebody else meanwhile. */
  giveBack(name: string, holder: string): Promise<void>;
}

export const leasesIn = (db: Db): Leases => ({
  async take(name, holder, seconds) {
    const ends_at = sql<Date>`now() + make_interval(secs => ${seconds})`;
    const taken = await db
      .insertInto('leases')
      .values({ name, holder, ends_at })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ holder, ends_at })
          .where((row) =>
            row.or([row('leases.holder', '=', holder), row('leases.ends_at', '<', sql<Date>`now()`)]),
          ),
      )
      .returning('holder')
      .executeTakeFirst();
    return taken !== undefined;
  },
  async giveBack(name, holder) {
    await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
  },
});
