/**
 * Audio that another has replaced. Apps that fetched the feed before still ask for it, so it stays in the media store for a
 * while (Apple plays on by ranges, and mishandles what was replaced at one address).
 */
import type { Db } from './handle.ts';

/** From when its episode was mastered anew. */
export const REPLACED_STAYS_MS = 30 * 24 * 60 * 60 * 1000;

export interface RetiredMedia {
  /** Keys that are known already keep their time. */
  retire(episodeId: string, mediaKeys: readonly string[], deleteAfter: Date): Promise<void>;
  /** Keys of an episode that still stand, so that nobody takes them for leftovers. */
  of(episodeId: string): Promise<string[]>;
  /** Keys whose time is over. */
  listDue(now: Date): Promise<string[]>;
  /** Deleted from the store, or in use again. */
  forget(mediaKeys: readonly string[]): Promise<void>;
}

export const retiredMediaIn = (db: Db): RetiredMedia => ({
  async retire(episodeId, mediaKeys, deleteAfter) {
    if (mediaKeys.length === 0) return;
    await db
      .insertInto('retired_media')
      .values(mediaKeys.map((key) => ({ media_key: key, episode_id: episodeId, delete_after: deleteAfter })))
      .onConflict((conflict) => conflict.column('media_key').doNothing())
      .execute();
  },
  of: async (episodeId) => {
    const rows = await db
      .selectFrom('retired_media')
      .select('media_key')
      .where('episode_id', '=', episodeId)
      .execute();
    return rows.map(({ media_key: key }) => key);
  },
  listDue: async (now) => {
    const rows = await db
      .selectFrom('retired_media')
      .select('media_key')
      .where('delete_after', '<=', now)
      .orderBy('delete_after')
      .execute();
    return rows.map(({ media_key: key }) => key);
  },
  async forget(mediaKeys) {
    if (mediaKeys.length > 0)
      await db.deleteFrom('retired_media').where('media_key', 'in', mediaKeys).execute();
  },
});
