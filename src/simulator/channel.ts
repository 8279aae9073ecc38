/** A channel of the embedded Discord as tests and the demo see it. */
import {
  GatewayDispatchEvents,
  OverwriteType,
  type APIMessage,
  type APIStageInstance,
} from 'discord-api-types/v10';
import { deleteChannel } from './state/channels.ts';
import type { ChannelKind, ChannelState, GuildState } from './state/model.ts';
import { bitsOf, type PermissionName } from './state/permissions.ts';
import { roomOf, type VoiceStates } from './state/voice-states.ts';
import { waitForMessage } from './state/wait-for-message.ts';
import { wireChannel } from './state/wire.ts';
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

export function createChannelHandle(
  { world, voice, voiceStates }: { world: World; voice: VoiceServer; voiceStates: VoiceStates },
  state: GuildState,
  channel: ChannelState,
): SimChannel {
  const messages = () => [...channel.messages.values()];
  return {
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    messages,
    nextMessage: (satisfies, withinMs) =>
      waitForMessage(world, messages, satisfies, { where: `to #${channel.name}`, withinMs }),
    overwrite(who, { allow = [], deny = [] }) {
      const type = state.members.has(who.id) ? OverwriteType.Member : OverwriteType.Role;
      channel.overwrites = channel.overwrites.filter((each) => each.id !== who.id);
      channel.overwrites.push({
        id: who.id,
        type,
        allow: bitsOf(allow).toString(),
        deny: bitsOf(deny).toString(),
      });
      world.dispatch.toGuild(state.id, GatewayDispatchEvents.ChannelUpdate, wireChannel(channel));
    },
    stageInstance: () => state.stageInstances.get(channel.id),
    present: () =>
      [...state.voiceStates.values()]
        .filter((each) => each.channel_id === channel.id)
        .map((each) => each.user_id),
    room: () => roomOf(voice, channel),
    delete: () => deleteChannel({ world, voice, voiceStates }, state, channel),
  };
}
