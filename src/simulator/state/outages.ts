/** A guild's outage: Discord says that it is unavailable, and later gives all of it anew. */
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { GuildState } from './model.ts';
import { wireGuildCreate } from './wire.ts';
import type { World } from './world.ts';

/** Docs, Gateway Events, "Guild Delete": with `unavailable` it is an outage, and the bot is in it still. */
export function beginOutage(world: World, { id }: GuildState): void {
  world.dispatch.toGuild(id, GatewayDispatchEvents.GuildDelete, { id, unavailable: true });
}

/** Docs, Gateway Events, "Guild Create": also when a guild becomes available again. */
export function endOutage(world: World, guild: GuildState): void {
  for (const { user, guildIds } of world.bots.values()) {
    const joinedAt = guild.members.get(user.id)?.joinedAt ?? '';
    if (!guildIds.has(guild.id)) continue;
    const created = wireGuildCreate(guild, { joinedAt, everyMember: false, botId: user.id });
    world.dispatch.toBot(user.id, GatewayDispatchEvents.GuildCreate, created);
  }
}
