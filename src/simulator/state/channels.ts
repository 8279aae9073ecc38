/** The end of a channel, and of everything that stands in it. */
import {
  GatewayDispatchEvents,
  GuildScheduledEventStatus as Status,
  type APIGuildScheduledEvent,
} from 'discord-api-types/v10';
import { VoiceCloseCodes } from 'discord-api-types/voice/v8';
import type { VoiceServer } from '../voice/contract.ts';
import type { ChannelState, GuildState } from './model.ts';
import { roomOf, type VoiceStates } from './voice-states.ts';
import { wireChannel } from './wire.ts';
import type { World } from './world.ts';

/** An event of a stage or voice channel cannot be without one: what was planned is off, what ran is over. */
const ENDED: Partial<Record<Status, Status>> = {
  [Status.Scheduled]: Status.Canceled,
  [Status.Active]: Status.Completed,
};

export function deleteChannel(
  { world, voice, voiceStates }: { world: World; voice: VoiceServer; voiceStates: VoiceStates },
  guild: GuildState,
  channel: ChannelState,
): void {
  const tell = (event: GatewayDispatchEvents, what: unknown) => world.dispatch.toGuild(guild.id, event, what);
  for (const { channel_id, user_id } of [...guild.voiceStates.values()]) {
    if (channel_id !== channel.id) continue;
    roomOf(voice, channel).speaker(user_id)?.leave();
    // Docs, Opcodes and Status Codes, "Voice Close Event Codes": 4022 ends a call for all, as when its channel was deleted.
    voice.disconnect(user_id, VoiceCloseCodes.CallTerminated, guild.id);
    voiceStates.leave(guild, user_id);
  }
  const instance = guild.stageInstances.get(channel.id);
  if (instance) {
    guild.stageInstances.delete(channel.id);
    tell(GatewayDispatchEvents.StageInstanceDelete, instance);
  }
  for (const { event } of guild.events.values()) {
    const status = ENDED[event.status];
    if (event.channel_id !== channel.id || status === undefined) continue;
    Object.assign(event, { status } satisfies Partial<APIGuildScheduledEvent>);
    tell(GatewayDispatchEvents.GuildScheduledEventUpdate, event);
  }
  guild.channels.delete(channel.id);
  tell(GatewayDispatchEvents.ChannelDelete, wireChannel(channel));
}
