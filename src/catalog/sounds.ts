/**
 * A show's intro, outro and bed. One is asked for, taken in by a job, and used from then on; until then, and when it comes to
 * nothing, the one before stays.
 */
import { sql } from 'kysely';
import { NotInCatalogError } from './errors.ts';
import { notifyIn } from './events.ts';
import { type Db, atomically, isId, newId, storable } from './handle.ts';
import type { ShowSound, SoundKind } from './schema.ts';
import { showsIn } from './shows.ts';

/** One wish: what was asked for later replaces it. */
export interface AskedSound {
  showId: string;
  kind: SoundKind;
  requestId: string;
}

export interface TakenSound {
  /** Of the file that was sent, as its sender called it. */
  name: string;
  mediaKey: string;
  durationUs: number;
}

export interface Sounds {
  /** Those that are in use, asked for, or came to nothing. */
  of(showId: string): Promise<ShowSound[]>;
  /** Throws NotInCatalogError when the show is not this server's. */
  ask(guildId: string, showId: string, kind: SoundKind): Promise<AskedSound>;
  /** Whether it is still wanted: nothing else was asked for since, and it was not removed. */
  isWanted(asked: AskedSound): Promise<boolean>;
  /** Puts it to use. `isWanted` tells whether it was; `formerKey` is what nobody uses any more. */
  markTaken(asked: AskedSound, taken: TakenSound): Promise<{ isWanted: boolean; formerKey: string | null }>;
  /** `failure` is read by a person. Nothing when it is not wanted any more. */
  markFailed(asked: AskedSound, failure: string): Promise<void>;
  /** Answers what was in use. Throws NotInCatalogError when the show is not this server's. */
  remove(guildId: string, showId: string, kind: SoundKind): Promise<string | null>;
}

export function soundsIn(db: Db): Sounds {
  const requireShow = async (trx: Db, guildId: string, showId: string) => {
    const show = await showsIn(trx, () => undefined).ofGuild(guildId, showId);
    if (show === undefined) throw new NotInCatalogError('show');
  };
  const settle = (
    trx: Db,
    { showId, kind, requestId }: AskedSound,
    columns: Partial<Pick<ShowSound, 'name' | 'media_key' | 'duration_us' | 'failure'>>,
  ) =>
    trx
      .updateTable('show_sounds')
      .set({ failure: null, ...columns, request_id: null, updated_at: sql<Date>`now()` })
      .where('show_id', '=', showId)
      .where('kind', '=', kind)
      .where('request_id', '=', requestId)
      .returningAll()
      .executeTakeFirst();

  return {
    of: async (showId) =>
      isId(showId)
        ? db.selectFrom('show_sounds').selectAll().where('show_id', '=', showId).orderBy('kind').execute()
        : [],
    ask: (guildId, showId, kind) =>
      atomically(db, async (trx) => {
        await requireShow(trx, guildId, showId);
        const requestId = newId();
        const asked = { request_id: requestId, failure: null };
        await trx
          .insertInto('show_sounds')
          .values({ show_id: showId, kind, ...asked })
          .onConflict((conflict) =>
            conflict.columns(['show_id', 'kind']).doUpdateSet({ ...asked, updated_at: sql<Date>`now()` }),
          )
          .execute();
        return { showId, kind, requestId };
      }),
    async isWanted({ showId, kind, requestId }) {
      const wanted = await db
        .selectFrom('show_sounds')
        .select('request_id')
        .where('show_id', '=', showId)
        .where('kind', '=', kind)
        .executeTakeFirst();
      return wanted?.request_id === requestId;
    },
    markTaken: (asked, { name, mediaKey, durationUs }) =>
      atomically(db, async (trx) => {
        const before = await trx
          .selectFrom('show_sounds')
          .select('media_key')
          .where('show_id', '=', asked.showId)
          .where('kind', '=', asked.kind)
          .forUpdate()
          .executeTakeFirst();
        const columns = { name: storable(name), media_key: mediaKey, duration_us: durationUs };
        const sound = await settle(trx, asked, columns);
        if (sound === undefined) return { isWanted: false, formerKey: null };
        await tell(trx, asked);
        const formerKey = before?.media_key ?? null;
        return { isWanted: true, formerKey: formerKey === mediaKey ? null : formerKey };
      }),
    markFailed: (asked, failure) =>
      atomically(db, async (trx) => {
        const sound = await settle(trx, asked, { failure: storable(failure) });
        if (sound !== undefined) await tell(trx, asked);
      }),
    remove: (guildId, showId, kind) =>
      atomically(db, async (trx) => {
        await requireShow(trx, guildId, showId);
        const removed = await trx
          .deleteFrom('show_sounds')
          .where('show_id', '=', showId)
          .where('kind', '=', kind)
          .returning('media_key')
          .executeTakeFirst();
        return removed?.media_key ?? null;
      }),
  };
}

async function tell(trx: Db, { showId, kind, requestId }: AskedSound): Promise<void> {
  const show = await showsIn(trx, () => undefined).byId(showId);
  if (show === undefined) return;
  await notifyIn(trx, { type: 'sound', guildId: show.guild_id, showId, kind, requestId });
}
