/**
 * Carries voice gateway payloads between discord.js and the recorder: op 4 out through the guild's shard; the bot's own
 * voice state and server in, who else can be heard, and what is gone for good. Shard readiness is mirrored, because the recorder must know at once whether an op 4 can go.
 */
import {
  Events,
  Status,
  type Client,
  type DMChannel,
  type InternalDiscordGatewayAdapterCreator,
  type Guild,
  type NonThreadGuildBasedChannel,
  type VoiceState,
} from 'discord.js';
import { GatewayOpcodes, type GatewayVoiceStateUpdate } from 'discord-api-types/v10';
import type { RecorderLink } from './recorder-link.ts';

export interface VoiceBridge {
  /** Opens the way for a guild; again is harmless. */
  open(guild: Guild): void;
  /** Out of a channel in which nothing is recorded. */
  leave(guild: Guild): void;
  close(): void;
}

type Adapter = ReturnType<InternalDiscordGatewayAdapterCreator>;

const leaving = (guildId: string): GatewayVoiceStateUpdate => ({
  op: GatewayOpcodes.VoiceStateUpdate,
  d: { guild_id: guildId, channel_id: null, self_mute: false, self_deaf: false },
});

export function createVoiceBridge(client: Client<true>, recorder: RecorderLink): VoiceBridge {
  const adapters = new Map<string, Adapter>();

  const onGatewaySend = (guildId: string, payload: unknown): void => {
    const isSent = adapters.get(guildId)?.sendPayload(payload) ?? false;
    // The recorder believed the shard to be ready; it learns better at once and tries again when it is.
    if (!isSent) recorder.shard(guildId, false);
  };
  const tellAll = (shardId: number, ready: boolean, resumed?: boolean): void => {
    for (const guildId of adapters.keys())
      if (client.guilds.cache.get(guildId)?.shardId === shardId) recorder.shard(guildId, ready, resumed);
  };
  const onReady = (shardId: number) => tellAll(shardId, true);
  const onResume = (shardId: number) => tellAll(shardId, true, true);
  const onDown = (_: unknown, shardId: number) => tellAll(shardId, false);
  /** Of everybody else: whose silence means nothing, because they are muted, suppressed or gone. */
  const onVoiceState = (_before: VoiceState, state: VoiceState) => {
    const { guild, id, channelId } = state;
    if (id === client.user.id || !adapters.has(guild.id)) return;
    recorder.voiceState(guild.id, {
      ...{ user_id: id, channel_id: channelId, session_id: state.sessionId ?? '' },
      ...{ mute: state.serverMute ?? false, self_mute: state.selfMute ?? false },
      suppress: state.suppress ?? false,
    });
  };
  const onReconnecting = (shardId: number) => tellAll(shardId, false);
  const onChannelDelete = (channel: DMChannel | NonThreadGuildBasedChannel) => {
    if (!channel.isDMBased()) recorder.gone(channel.guildId, channel.id);
  };
  // Removed, banned, or the server was deleted; of an outage discord.js tells as `guildUnavailable`.
  const onGuildDelete = ({ id }: Guild) => recorder.gone(id);

  recorder.events.on('gatewaySend', onGatewaySend);
  client.on(Events.VoiceStateUpdate, onVoiceState);
  client.on(Events.ShardReady, onReady);
  client.on(Events.ShardResume, onResume);
  client.on(Events.ShardDisconnect, onDown);
  client.on(Events.ShardReconnecting, onReconnecting);
  client.on(Events.ChannelDelete, onChannelDelete);
  client.on(Events.GuildDelete, onGuildDelete);
  return {
    open(guild) {
      if (!adapters.has(guild.id))
        adapters.set(
          guild.id,
          guild.voiceAdapterCreator({
            onVoiceStateUpdate: (payload) => recorder.voiceState(guild.id, payload),
            onVoiceServerUpdate: (payload) => recorder.voiceServer(guild.id, payload),
            // Only unrecoverable gateway closes destroy adapters; the recording goes on without the gateway.
            destroy: () => adapters.delete(guild.id),
          }),
        );
      recorder.shard(guild.id, guild.shard.status === Status.Ready);
    },
    leave(guild) {
      guild.shard.send(leaving(guild.id));
    },
    close() {
      recorder.events.off('gatewaySend', onGatewaySend);
      client.off(Events.VoiceStateUpdate, onVoiceState);
      client.off(Events.ShardReady, onReady);
      client.off(Events.ShardResume, onResume);
      client.off(Events.ShardDisconnect, onDown);
      client.off(Events.ShardReconnecting, onReconnecting);
      client.off(Events.ChannelDelete, onChannelDelete);
      client.off(Events.GuildDelete, onGuildDelete);
      adapters.clear();
    },
  };
}
