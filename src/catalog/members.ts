/** What members of a server want for themselves. */
import type { Db } from './handle.ts';

export interface Members {
  /** From now on this member is not recorded in this server. Again it changes nothing. The server must be known. */
  refuse(guildId: string, userId: string): Promise<void>;
  /** They may be recorded again. */
  allow(guildId: string, userId: string): Promise<void>;
  /** Since when they are not recorded; undefined when they may be. */
  refusedSince(guildId: string, userId: string): Promise<Date | undefined>;
  /** Everybody who is not to be recorded in a server. */
  refusing(guildId: string): Promise<string[]>;
}

export function membersIn(db: Db): Members {
  const ofMember = (guildId: string, userId: string) => ({ guild_id: guildId, user_id: userId });
  return {
    async refuse(guildId, userId) {
      await db
        .insertInto('refusals')
        .values(ofMember(guildId, userId))
        .onConflict((conflict) => conflict.columns(['guild_id', 'user_id']).doNothing())
        .execute();
    },
    async allow(guildId, userId) {
      await db.deleteFrom('refusals').where('guild_id', '=', guildId).where('user_id', '=', userId).execute();
    },
    async refusedSince(guildId, userId) {
      const row = await db
        .selectFrom('refusals')
        .select('since')
        .where('guild_id', '=', guildId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return row?.since;
    },
    async refusing(guildId) {
      const rows = await db
        .selectFrom('refusals')
        .select('user_id')
        .where('guild_id', '=', guildId)
        .orderBy('user_id')
        .execute();
      return rows.map(({ user_id: userId }) => userId);
    },
  };
}
