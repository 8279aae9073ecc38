/** What the bot needs where, and what it lacks, by the names that Discord's own interface shows. */
import { PermissionFlagsBits, type VoiceBasedChannel } from 'discord.js';
import { UserError } from './user-error.ts';

export type PermissionName = keyof typeof LABELS;

/** As they read in Discord's English interface. */
export const LABELS = {
  ViewChannel: 'View Channel',
  Connect: 'Connect',
  SendMessages: 'Send Messages',
  ManageChannels: 'Manage Channels',
  MuteMembers: 'Mute Members',
  MoveMembers: 'Move Members',
  CreateEvents: 'Create Events',
  ChangeNickname: 'Change Nickname',
  SetVoiceChannelStatus: 'Set Voice Channel Status',
  Speak: 'Speak',
} as const;

/** Joining, and telling people so; in a stage's audience a bot needs no more to record it. */
export const TO_RECORD: readonly PermissionName[] = ['ViewChannel', 'Connect', 'SendMessages'];
/** Discord's definition of a stage moderator (docs, Stage Instance, "Definitions"): opens and closes stages. */
export const STAGE_MODERATOR: readonly PermissionName[] = ['ManageChannels', 'MuteMembers', 'MoveMembers'];
/** Docs, Guild Scheduled Event, "Permissions Requirements"; the rest of it is that of the channel's kind. */
export const TO_SCHEDULE: readonly PermissionName[] = ['CreateEvents'];
/** What the signs of a recording need, where the settings ask for them. */
export const TO_RENAME: readonly PermissionName[] = ['ChangeNickname'];
export const toShowStatus = (isStage: boolean): readonly PermissionName[] =>
  isStage ? STAGE_MODERATOR : ['SetVoiceChannelStatus'];
/** From a stage's audience nobody is heard: the bot makes itself a speaker. */
export const toSpeak = (isStage: boolean): readonly PermissionName[] =>
  isStage ? ['MuteMembers'] : ['Speak'];

export interface Standing {
  /** What the bot holds in the channel, overwrites counted. */
  inChannel: bigint;
  /** What its roles give it in the server. */
  inServer: bigint;
  userLimit: number;
  /** People in the channel, the bot not counted. */
  present: number;
  /** The bot is in it already. */
  inside: boolean;
}

export type Finding =
  { missing: PermissionName; takenBy: 'channel' | 'server' } | { full: true; userLimit: number };

/** Everything that stands in the way, at once: who mends one thing at a time tries five times. */
export function findings(standing: Standing, needed: readonly PermissionName[]): Finding[] {
  const { inChannel, inServer, userLimit, present, inside } = standing;
  const has = (held: bigint, name: PermissionName) => (held & PermissionFlagsBits[name]) !== 0n;
  const missing = needed
    .filter((name) => !has(inChannel, name))
    .map((name): Finding => ({ missing: name, takenBy: has(inServer, name) ? 'channel' : 'server' }));
  // A full channel answers a join with no event at all, unless the bot may move members (docs, Channel, `user_limit`).
  const isFull = userLimit > 0 && present >= userLimit && !inside && !has(inChannel, 'MoveMembers');
  return isFull ? [...missing, { full: true, userLimit }] : missing;
}

export function standingIn(channel: VoiceBasedChannel): Standing {
  const { guild } = channel;
  const { me } = guild.members;
  const present = guild.voiceStates.cache.filter((state) => state.channelId === channel.id);
  return {
    inChannel: me === null ? 0n : channel.permissionsFor(me).bitfield,
    inServer: me?.permissions.bitfield ?? 0n,
    userLimit: channel.userLimit,
    present: present.filter((state) => state.id !== me?.id).size,
    inside: me !== null && present.has(me.id),
  };
}

/** Those of the needed permissions that the bot does not hold there. */
export const lackingIn = (channel: VoiceBasedChannel, needed: readonly PermissionName[]): PermissionName[] =>
  findings(standingIn(channel), needed).flatMap((each) => ('missing' in each ? each.missing : []));

/** Throws UserError naming each missing permission, where it is missing, and the remedy. */
export function assertNothingStandsInTheWay(
  channel: VoiceBasedChannel,
  needed: readonly PermissionName[],
): void {
  const found = findings(standingIn(channel), needed);
  if (found.length === 0) return;
  const labels = (by: 'channel' | 'server') =>
    found.flatMap((each) => ('missing' in each && each.takenBy === by ? [LABELS[each.missing]] : []));
  const [inChannel, inServer] = [labels('channel'), labels('server')];
  const full = found.find((each) => 'full' in each);
  const where = `<#${channel.id}>`;
  throw new UserError(({ errors: say }) =>
    [
      ...(inChannel.length > 0 ? [say.missingInChannel(inChannel, where)] : []),
      ...(inServer.length > 0 ? [say.missingInServer(inServer)] : []),
      ...(full ? [say.channelFull(where, full.userLimit)] : []),
    ].join('\n'),
  );
}
