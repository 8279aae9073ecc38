/** Discord's permission arithmetic: roles, then channel overwrites in their documented order. */
import { OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10';
import type { ChannelState, GuildState } from './model.ts';

/** Bits of a permission set by their discord.js names. */
export type PermissionName = keyof typeof PermissionFlagsBits;

export const bitsOf = (names: readonly PermissionName[]): bigint =>
  names.reduce((bits, name) => bits | PermissionFlagsBits[name], 0n);

const EVERYTHING = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/** What a member may do in a guild, before any channel's overwrites. Nobody's permissions are none. */
export function guildPermissions(guild: GuildState, userId: string): bigint {
  if (userId === guild.ownerId) return EVERYTHING;
  const member = guild.members.get(userId);
  if (member === undefined) return 0n;
  let allowed = 0n;
  // The role with the guild's own id is @everyone.
  for (const roleId of [guild.id, ...member.roles])
    allowed |= BigInt(guild.roles.get(roleId)?.permissions ?? '0');
  return allowed & PermissionFlagsBits.Administrator ? EVERYTHING : allowed;
}

/**
 * What a member may do in a channel: @everyone's overwrite, then all role overwrites together, then the member's own
 * (docs, Permissions, "Permission Overwrites"), less what a denial implies. Who cannot view a channel can do nothing there.
 */
export function channelPermissions(guild: GuildState, channel: ChannelState, userId: string): bigint {
  const base = guildPermissions(guild, userId);
  if (base === EVERYTHING) return EVERYTHING;
  const roles = guild.members.get(userId)?.roles ?? new Set<string>();
  const apply = (permissions: bigint, matches: (id: string, type: OverwriteType) => boolean): bigint => {
    let deny = 0n;
    let allow = 0n;
    for (const overwrite of channel.overwrites) {
      if (!matches(overwrite.id, overwrite.type)) continue;
      deny |= BigInt(overwrite.deny);
      allow |= BigInt(overwrite.allow);
    }
    return (permissions & ~deny) | allow;
  };
  let permissions = apply(base, (id) => id === guild.id);
  permissions = apply(
    permissions,
    (id, type) => type === OverwriteType.Role && id !== guild.id && roles.has(id),
  );
  permissions = apply(permissions, (id, type) => type === OverwriteType.Member && id === userId);
  return withoutImplied(permissions, channel);
}

const NEEDS_SENDING = bitsOf(['MentionEveryone', 'SendTTSMessages', 'AttachFiles', 'EmbedLinks']);

/** What a denied permission takes with it (docs, Permissions, "Implicit Permissions"). */
function withoutImplied(permissions: bigint, { kind }: ChannelState): bigint {
  if (!(permissions & PermissionFlagsBits.ViewChannel)) return 0n;
  if (kind !== 'text' && !(permissions & PermissionFlagsBits.Connect)) return PermissionFlagsBits.ViewChannel;
  return permissions & PermissionFlagsBits.SendMessages ? permissions : permissions & ~NEEDS_SENDING;
}

export const missingFrom = (held: bigint, needed: readonly PermissionName[]): PermissionName[] =>
  needed.filter((name) => !(held & PermissionFlagsBits[name]));

export const maySee = (guild: GuildState, channel: ChannelState, userId: string): boolean =>
  missingFrom(channelPermissions(guild, channel, userId), ['ViewChannel']).length === 0;

/** A stage moderator holds these three (docs, Stage Instance, "Definitions"). */
export const STAGE_MODERATOR: readonly PermissionName[] = ['ManageChannels', 'MuteMembers', 'MoveMembers'];
