/** What nearly every route begins with: the thing named in the path, and the right to touch it. */
import type { BotState, ChannelState, GuildState } from '../../state/model.ts';
import {
  channelPermissions,
  guildPermissions,
  missingFrom,
  type PermissionName,
} from '../../state/permissions.ts';
import { findChannel, type World } from '../../state/world.ts';
import { DiscordError, missingPermissions, unknown } from '../errors.ts';

/** The guild, if the bot is in it. Throws 404 as Discord does for both. */
export function guildOf(world: World, bot: BotState, guildId: string): GuildState {
  const guild = world.guilds.get(guildId);
  if (guild === undefined || !bot.guildIds.has(guildId)) throw unknown('guild');
  return guild;
}

/** The channel, if the bot's guilds have it and the bot holds what is needed there; 404, 403/50001 or 403/50013. */
export function channelFor(
  world: World,
  bot: BotState,
  channelId: string,
  needed: readonly PermissionName[],
): { guild: GuildState; channel: ChannelState } {
  const place = findChannel(world, channelId);
  if (place === undefined || !bot.guildIds.has(place.guild.id)) throw unknown('channel');
  requireIn(place.guild, place.channel, bot.user.id, needed);
  return place;
}

export function requireIn(
  guild: GuildState,
  channel: ChannelState,
  userId: string,
  needed: readonly PermissionName[],
): void {
  const missing = missingFrom(channelPermissions(guild, channel, userId), ['ViewChannel', ...needed]);
  if (missing.length > 0) throw missingPermissions(missing);
}

export function requireInGuild(guild: GuildState, userId: string, needed: readonly PermissionName[]): void {
  const missing = missingFrom(guildPermissions(guild, userId), needed);
  if (missing.length > 0) throw missingPermissions(missing);
}

/** A field that the OpenAPI document requires; without a copy of it the route still needs it. */
export function requiredText(body: Record<string, unknown>, field: string): string {
  const value = body[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new DiscordError(400, 50035, 'Invalid Form Body', [
    { path: field, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' },
  ]);
}
