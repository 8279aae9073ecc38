/** Discord servers and what they set. */
import type { Guild } from './schema.ts';

export interface Guilds {
  /** Makes the server known, or takes over its new name. */
  upsert(guild: { id: string; name: string }): Promise<Guild>;
  byId(guildId: string): Promise<Guild | undefined>;
  /** `timeZone` is an IANA name, `language` a BCP 47 tag. Throws NotInCatalogError. */
  updateSettings(guildId: string, settings: { timeZone?: string; language?: string }): Promise<Guild>;
}
