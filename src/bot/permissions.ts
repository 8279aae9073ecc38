/** What the bot needs where, and what it lacks, by the names that Discord's own interface shows. */
import { PermissionFlagsBits, type Guild, type VoiceBasedChannel } from 'discord.js';
import { UserError } from './user-error.ts';

type PermissionName = keyof typeof PermissionFlagsBits;

/** As they read in Discord's English interface. */
const LABELS: Partial<Record<PermissionName, string>> = {
  ViewChannel: 'View Channel',
  Connect: 'Connect',
  SendMessages: 'Send Messages',
  EmbedLinks: 'Embed Links',
  ManageChannels: 'Manage Channels',
  MuteMembers: 'Mute Members',
  MoveMembers: 'Move Members',
  CreateEvents: 'Create Events',
  ManageEvents: 'Manage Events',
};

/** Joining and telling people so; a bot in a stage's audience needs no more to record it. */
export const TO_RECORD: readonly PermissionName[] = ['ViewChannel', 'Connect', 'SendMessages'];
/** Discord's definition of a stage moderator (docs, Stage Instance, "Definitions"). */
export const STAGE_MODERATOR: readonly PermissionName[] = ['ManageChannels', 'MuteMembers', 'MoveMembers'];

/** Labels of the permissions that `held` lacks. */
export function lacking(held: bigint, needed: readonly PermissionName[]): string[] {
  return needed
    .filter((name) => (held & PermissionFlagsBits[name]) === 0n)
    .map((name) => LABELS[name] ?? name);
}

/** Throws UserError naming each missing permission, or the limit of a full channel. */
export function assertMayJoin(channel: VoiceBasedChannel, needed: readonly PermissionName[]): void {
  const me = channel.guild.members.me;
  const held = me === null ? 0n : channel.permissionsFor(me).bitfield;
  const missing = lacking(held, needed);
  if (missing.length > 0)
    throw new UserError((texts) => texts.errors.missingPermissions(missing, `<#${channel.id}>`));
  const isFull = channel.userLimit > 0 && channel.members.size >= channel.userLimit;
  const isInside = me !== null && channel.members.has(me.id);
  // A full channel answers a join with nothing at all, unless the bot may move members (docs, Channel, `user_limit`).
  if (isFull && !isInside && (held & PermissionFlagsBits.MoveMembers) === 0n)
    throw new UserError((texts) => texts.errors.channelFull(`<#${channel.id}>`, channel.userLimit));
}

/** Throws UserError naming each permission of the bot's role that is missing in the server. */
export function assertInGuild(guild: Guild, needed: readonly PermissionName[]): void {
  const missing = lacking(guild.members.me?.permissions.bitfield ?? 0n, needed);
  if (missing.length > 0) throw new UserError((texts) => texts.errors.missingServerPermissions(missing));
}
