/** A bot account: registered, invited into guilds with a role of its own, and reached through its token. */
import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import type { Gateway } from './gateway/gateway.ts';
import { PRIVILEGED_INTENTS } from './gateway/intents.ts';
import type { SimGuild } from './guild.ts';
import type { GuildState } from './state/model.ts';
import { bitsOf, type PermissionName } from './state/permissions.ts';
import { wireMember, wireRole, wireUser } from './state/wire.ts';
import type { VoiceStates } from './state/voice-states.ts';
import { isoNow, type World } from './state/world.ts';

export interface BotOptions {
  name?: string;
  guilds: SimGuild[];
  /** Of the bot's own role in each guild. */
  permissions: PermissionName[];
  /** Privileged intents switched on in the Developer Portal. */
  privilegedIntents?: GatewayIntentBits[];
}

export interface SimBot {
  token: string;
  userId: string;
  applicationId: string;
  /** Cuts the gateway connection without a close frame; the session can resume. */
  dropGateway(): void;
  /** Op 9. By default it ends the session and the bot must identify anew; resumable, the bot resumes. */
  invalidateSession(options?: { resumable: boolean }): void;
  /** Ends every gateway session with a close code (docs, Opcodes and Status Codes, "Gateway Close Event Codes"). */
  closeGateway(code: number): void;
  /** Banned from the guild: out of voice, and out of the server. */
  ban(guild: SimGuild): void;
  /** Ids of the gateway sessions alive. */
  gatewaySessions(): string[];
}

const ALL_INTENTS = Object.values(GatewayIntentBits).reduce<number>((all, bit) => all | Number(bit), 0);

export function createBot(
  { world, gateway, voiceStates }: { world: World; gateway: Gateway; voiceStates: VoiceStates },
  { name = 'Stagecast', guilds, permissions, privilegedIntents = [] }: BotOptions,
): SimBot {
  const userId = world.makeId();
  const user = wireUser(userId, name, true);
  // The shape of a real token: user id, time, and a secret, each in base64url.
  const token = [Buffer.from(userId).toString('base64url'), 'AAAAAA', userId.padStart(27, '0')].join('.');

  /** The invitation gives the bot a role of its own, as OAuth2's `bot` scope does. */
  function enter(guild: GuildState): void {
    const role = {
      ...wireRole(world.makeId(), name, bitsOf(permissions), guild.roles.size),
      managed: true,
      tags: { bot_id: userId },
    };
    const member = {
      user,
      nick: null,
      roles: new Set([role.id]),
      joinedAt: isoNow(world),
      locale: guild.locale,
    };
    guild.roles.set(role.id, role);
    guild.members.set(userId, member);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildRoleCreate, { guild_id: guild.id, role });
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildMemberAdd, {
      ...wireMember(member),
      guild_id: guild.id,
    });
  }

  for (const { id } of guilds) enter(world.guilds.get(id)!);
  world.users.set(userId, user);
  world.bots.set(token, {
    user,
    applicationId: userId,
    token,
    guildIds: new Set(guilds.map(({ id }) => id)),
    allowedIntents: privilegedIntents.reduce<number>(
      (all, bit) => all | bit,
      ALL_INTENTS & ~PRIVILEGED_INTENTS,
    ),
    globalCommands: [],
  });
  return {
    token,
    userId,
    applicationId: userId,
    dropGateway: () => gateway.drop(userId),
    closeGateway: (code) => gateway.hangUp(userId, code),
    invalidateSession: ({ resumable } = { resumable: false }) => gateway.invalidate(userId, resumable),
    ban({ id }) {
      const guild = world.guilds.get(id)!;
      voiceStates.expel(guild, userId);
      guild.members.delete(userId);
      world.dispatch.toGuild(id, GatewayDispatchEvents.GuildMemberRemove, { guild_id: id, user });
      // Docs, Gateway Events, "Guild Delete": without `unavailable` the user was removed from the guild.
      world.dispatch.toGuild(id, GatewayDispatchEvents.GuildDelete, { id });
      world.bots.get(token)!.guildIds.delete(id);
    },
    gatewaySessions: () => gateway.sessionsOf(userId).map(({ id }) => id),
  };
}
