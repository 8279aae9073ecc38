/** A guild of the embedded Discord as tests and the demo furnish it. */
import { GatewayDispatchEvents, type APIGuildScheduledEvent } from 'discord-api-types/v10';
import { createChannelHandle, type SimChannel } from './channel.ts';
import { createMember, type SimMember } from './people/member.ts';
import { NotPossibleError } from './people/options.ts';
import type { ChannelKind, ChannelState, GuildState, MemberState } from './state/model.ts';
import { bitsOf, type PermissionName } from './state/permissions.ts';
import { banUser, deleteRole, pardonUser } from './state/membership.ts';
import { beginOutage, endOutage } from './state/outages.ts';
import type { ServerChange, VoiceStates } from './state/voice-states.ts';
import { wireChannel, wireMember, wireRole, wireUser } from './state/wire.ts';
import { isoNow, type World } from './state/world.ts';
import type { VoiceServer } from './voice/contract.ts';

export type { SimChannel } from './channel.ts';

export interface SimGuild {
  id: string;
  name: string;
  createChannel(channel: { kind: ChannelKind; name: string; userLimit?: number }): SimChannel;
  createRole(role: { name: string; permissions: PermissionName[] }): { id: string };
  /** Everybody who holds it loses it. */
  deleteRole(role: { id: string }): void;
  addMember(member: { displayName: string; roles?: { id: string }[]; locale?: string }): SimMember;
  /** Out of voice, out of the server, and kept out. */
  ban(member: { id: string }): void;
  unban(member: { id: string }): void;
  /** The owner may do everything. */
  owner: SimMember;
  events(): APIGuildScheduledEvent[];
  /** Unavailable to its bots, who are in it still; `false` ends that. */
  outage(on: boolean): void;
  /** Gives a bot's voice connection another voice server. */
  changeVoiceServer(botUserId: string, change: ServerChange): void;
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
    bans: new Map(),
    voiceStates: new Map(),
    stageInstances: new Map(),
    events: new Map(),
    commands: new Map(),
  };
  world.guilds.set(id, state);

  /** Everybody who was ever here. */
  const people = new Map<string, MemberState>();
  const personOf = ({ id: userId }: { id: string }): MemberState => {
    const person = people.get(userId);
    if (person === undefined) throw new NotPossibleError(`${name} has never had such a member`);
    return person;
  };

  function addMember(userId: string, displayName: string, roles: string[], memberLocale: string): SimMember {
    const user = wireUser(userId, displayName, false);
    const member = {
      user,
      nick: null,
      roles: new Set(roles),
      joinedAt: isoNow(world),
      locale: memberLocale,
    };
    world.users.set(userId, user);
    people.set(userId, member);
    state.members.set(userId, member);
    world.dispatch.toGuild(id, GatewayDispatchEvents.GuildMemberAdd, { ...wireMember(member), guild_id: id });
    return createMember({ world, voice, voiceStates, guild: state, state: member });
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
      return createChannelHandle({ world, voice, voiceStates }, state, channel);
    },
    createRole({ name: roleName, permissions }) {
      const role = wireRole(world.makeId(), roleName, bitsOf(permissions), state.roles.size);
      state.roles.set(role.id, role);
      world.dispatch.toGuild(id, GatewayDispatchEvents.GuildRoleCreate, { guild_id: id, role });
      return { id: role.id };
    },
    deleteRole: ({ id: roleId }) => deleteRole({ world, voiceStates, guild: state }, roleId),
    ban: (member) => banUser({ world, voiceStates, guild: state }, personOf(member)),
    unban: (member) => pardonUser({ world, voiceStates, guild: state }, personOf(member)),
    addMember: ({ displayName, roles = [], locale: memberLocale = locale }) =>
      addMember(
        world.makeId(),
        displayName,
        roles.map((role) => role.id),
        memberLocale,
      ),
    outage: (on) => (on ? beginOutage : endOutage)(world, state),
    changeVoiceServer: (botUserId, change) => voiceStates.changeServer(state, botUserId, change),
    events: () =>
      [...state.events.values()].map(({ event, subscribers }) => ({
        ...event,
        user_count: subscribers.size,
      })),
  };
}
