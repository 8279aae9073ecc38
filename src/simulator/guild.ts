/** A guild of the embedded Discord as tests and the demo furnish it. */
import { once } from 'node:events';
import {
  GatewayDispatchEvents,
  OverwriteType,
  type APIGuildScheduledEvent,
  type APIMessage,
  type APIRole,
  type APIStageInstance,
} from 'discord-api-types/v10';
import { createMember, type SimMember } from './people/member.ts';
import type { ChannelKind, ChannelState, GuildState } from './state/model.ts';
import { bitsOf, type PermissionName } from './state/permissions.ts';
import { roomOf, type VoiceStates } from './state/voice-states.ts';
import { wireChannel, wireUser } from './state/wire.ts';
import type { World } from './state/world.ts';
import type { VoiceRoom, VoiceServer } from './voice/contract.ts';

export interface SimChannel {
  id: string;
  name: string;
  kind: ChannelKind;
  /** As they stand now, oldest first. */
  messages(): APIMessage[];
  /** Waits for a message, new or edited, that satisfies; at once if one stands there. */
  nextMessage(satisfies: (message: APIMessage) => boolean, withinMs?: number): Promise<APIMessage>;
  /** Permission overwrites for a member, a role, or everybody (the guild's id). */
  overwrite(who: { id: string }, rights: { allow?: PermissionName[]; deny?: PermissionName[] }): void;
  stageInstance(): APIStageInstance | undefined;
  /** User ids in it by the gateway's account. */
  present(): string[];
  /** The voice server's room of it. */
  room(): VoiceRoom;
  delete(): void;
}

export interface SimGuild {
  id: string;
  name: string;
  createChannel(channel: { kind: ChannelKind; name: string; userLimit?: number }): SimChannel;
  createRole(role: { name: string; permissions: PermissionName[] }): { id: string };
  addMember(member: { displayName: string; roles?: { id: string }[]; locale?: string }): SimMember;
  /** The owner may do everything. */
  owner: SimMember;
  events(): APIGuildScheduledEvent[];
}

/** What @everyone may do in a new guild (docs, Permissions; what Discord's client gives, as far as it matters here). */
const EVERYONE: readonly PermissionName[] = [
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'Connect',
  'Speak',
  'RequestToSpeak',
  'UseApplicationCommands',
  'ChangeNickname',
  'AddReactions',
];

export function wireRole(id: string, name: string, permissions: bigint, position: number): APIRole {
  const role: Record<keyof APIRole, unknown> = {
    id,
    name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: permissions.toString(),
    managed: false,
    mentionable: false,
    tags: undefined,
    flags: 0,
  };
  return role as unknown as APIRole;
}

export function createGuild(
  { world, voice, voiceStates }: { world: World; voice: VoiceServer; voiceStates: VoiceStates },
  { name, locale = 'en-US' }: { name: string; locale?: string },
): SimGuild {
  const id = world.makeId();
  const ownerId = world.makeId();
  const state: GuildState = {
    id,
    name,
    ownerId,
    locale,
    roles: new Map([[id, wireRole(id, '@everyone', bitsOf(EVERYONE), 0)]]),
    channels: new Map(),
    members: new Map(),
    voiceStates: new Map(),
    stageInstances: new Map(),
    events: new Map(),
    commands: new Map(),
  };
  world.guilds.set(id, state);

  function addMember(userId: string, displayName: string, roles: string[], memberLocale: string): SimMember {
    const user = wireUser(userId, displayName, false);
    const member = {
      user,
      nick: null,
      roles: new Set(roles),
      joinedAt: new Date().toISOString(),
      locale: memberLocale,
    };
    world.users.set(userId, user);
    state.members.set(userId, member);
    return createMember({ world, voice, voiceStates, guild: state, state: member });
  }

  function handle(channel: ChannelState): SimChannel {
    const messages = () => [...channel.messages.values()];
    return {
      id: channel.id,
      name: channel.name,
      kind: channel.kind,
      messages,
      async nextMessage(satisfies, withinMs = 15_000) {
        const signal = AbortSignal.timeout(withinMs);
        for (;;) {
          const found = messages().find(satisfies);
          if (found) return found;
          await once(world.changes, 'message', { signal }).catch((cause: unknown) => {
            const seen = messages().map(({ content }) => content);
            throw new Error(`no such message came to #${channel.name}; there are: ${JSON.stringify(seen)}`, {
              cause,
            });
          });
        }
      },
      overwrite(who, { allow = [], deny = [] }) {
        const type = state.members.has(who.id) ? OverwriteType.Member : OverwriteType.Role;
        channel.overwrites = channel.overwrites.filter((each) => each.id !== who.id);
        channel.overwrites.push({
          id: who.id,
          type,
          allow: bitsOf(allow).toString(),
          deny: bitsOf(deny).toString(),
        });
        world.dispatch.toGuild(id, GatewayDispatchEvents.ChannelUpdate, wireChannel(channel));
      },
      stageInstance: () => state.stageInstances.get(channel.id),
      present: () =>
        [...state.voiceStates.values()]
          .filter((each) => each.channel_id === channel.id)
          .map((each) => each.user_id),
      room: () => roomOf(voice, channel),
      delete() {
        state.channels.delete(channel.id);
        world.dispatch.toGuild(id, GatewayDispatchEvents.ChannelDelete, wireChannel(channel));
        for (const voiceState of [...state.voiceStates.values()]) {
          if (voiceState.channel_id !== channel.id) continue;
          voiceStates.leave(state, voiceState.user_id);
          voice.disconnect(voiceState.user_id, 4014, id);
        }
      },
    };
  }

  return {
    id,
    name,
    owner: addMember(ownerId, `${name} owner`, [], locale),
    createChannel({ kind, name: channelName, userLimit = 0 }) {
      const channel: ChannelState = {
        id: world.makeId(),
        guildId: id,
        kind,
        name: channelName,
        topic: null,
        userLimit,
        overwrites: [],
        status: null,
        messages: new Map(),
      };
      state.channels.set(channel.id, channel);
      world.dispatch.toGuild(
        id,
        GatewayDispatchEvents.ChannelCreate,
        wireChannel(channel, state.channels.size),
      );
      return handle(channel);
    },
    createRole({ name: roleName, permissions }) {
      const role = wireRole(world.makeId(), roleName, bitsOf(permissions), state.roles.size);
      state.roles.set(role.id, role);
      world.dispatch.toGuild(id, GatewayDispatchEvents.GuildRoleCreate, { guild_id: id, role });
      return { id: role.id };
    },
    addMember: ({ displayName, roles = [], locale: memberLocale = locale }) =>
      addMember(
        world.makeId(),
        displayName,
        roles.map((role) => role.id),
        memberLocale,
      ),
    events: () =>
      [...state.events.values()].map(({ event, subscribers }) => ({
        ...event,
        user_count: subscribers.size,
      })),
  };
}
