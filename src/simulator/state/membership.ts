/** How people come and go, roles and bans with them, and who is told of it. */
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { GuildState, MemberState } from './model.ts';
import type { VoiceStates } from './voice-states.ts';
import { wireMember } from './wire.ts';
import { isoNow, type World } from './world.ts';

interface Context {
  world: World;
  voiceStates: Pick<VoiceStates, 'expel'>;
  guild: GuildState;
}

/** Left by themselves or kicked: bots cannot tell the two apart (docs, Gateway Events, "Guild Member Remove"). */
export function removeMember({ world, voiceStates, guild }: Context, { user }: MemberState): void {
  if (!guild.members.has(user.id)) return;
  voiceStates.expel(guild, user.id);
  guild.members.delete(user.id);
  world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildMemberRemove, { guild_id: guild.id, user });
}

/** Whoever comes back is new: without roles and nickname. Undefined for whom a ban keeps out. */
export function admitMember({ world, guild }: Context, member: MemberState): MemberState | undefined {
  if (guild.bans.has(member.user.id)) return undefined;
  member.roles.clear();
  member.nick = null;
  member.joinedAt = isoNow(world);
  guild.members.set(member.user.id, member);
  world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildMemberAdd, {
    ...wireMember(member),
    guild_id: guild.id,
  });
  return member;
}

/** Also of somebody who is not in the guild. */
export function banUser(context: Context, member: MemberState): void {
  const { world, guild } = context;
  const { user } = member;
  guild.bans.set(user.id, user);
  world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildBanAdd, { guild_id: guild.id, user });
  removeMember(context, member);
}

export function pardonUser({ world, guild }: Context, { user }: MemberState): void {
  if (!guild.bans.delete(user.id)) return;
  world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildBanRemove, { guild_id: guild.id, user });
}

/** The role goes, and everybody's hold of it with it; that its members changed is told by no event of their own. */
export function deleteRole({ world, guild }: Context, roleId: string): void {
  if (!guild.roles.delete(roleId)) return;
  for (const member of guild.members.values()) member.roles.delete(roleId);
  world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildRoleDelete, {
    guild_id: guild.id,
    role_id: roleId,
  });
}
