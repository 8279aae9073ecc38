/** Discord servers and what they set. */
import { NotInCatalogError } from './errors.ts';
import { type Db, storable } from './handle.ts';
import type { Guild } from './schema.ts';

export interface Guilds {
  /** Makes the server known, or takes over its new name. */
  upsert(guild: { id: string; name: string }): Promise<Guild>;
  byId(guildId: string): Promise<Guild | undefined>;
  /** `timeZone` is an IANA name, `language` a BCP 47 tag, `defaultShowId` of one of its own. Throws NotInCatalogError. */
  updateSettings(
    guildId: string,
    settings: { timeZone?: string; language?: string; defaultShowId?: string },
  ): Promise<Guild>;
}

export function guildsIn(db: Db): Guilds {
  return {
    upsert: ({ id, name }) =>
      db
        .insertInto('guilds')
        .values({ id, name: storable(name) })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: storable(name) }))
        .returningAll()
        .executeTakeFirstOrThrow(),
    byId: (guildId) => db.selectFrom('guilds').selectAll().where('id', '=', guildId).executeTakeFirst(),
    async updateSettings(guildId, { timeZone, language, defaultShowId }) {
      const guild = await db
        .updateTable('guilds')
        // Kysely leaves out what is undefined; naming the id keeps the statement whole when nothing is set.
        .set({ id: guildId, time_zone: timeZone, language, default_show_id: defaultShowId })
        .where('id', '=', guildId)
        .returningAll()
        .executeTakeFirst();
      if (guild === undefined) throw new NotInCatalogError('server');
      return guild;
    },
  };
}
