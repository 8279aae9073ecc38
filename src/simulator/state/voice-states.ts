/** Who is in which voice or stage channel, and what the voice server is told about it. */
import { randomUUID } from 'node:crypto';
import {
  GatewayDispatchEvents,
  type APIVoiceState,
  type GatewayVoiceStateUpdateData,
} from 'discord-api-types/v10';
import { VoiceCloseCodes } from 'discord-api-types/voice/v8';
import type { GatewaySession } from '../gateway/session.ts';
import type { VoiceServer } from '../voice/contract.ts';
import type { ChannelState, GuildState } from './model.ts';
import { channelPermissions, missingFrom, STAGE_MODERATOR } from './permissions.ts';
import { wireMember } from './wire.ts';
import { findChannel, type World } from './world.ts';

/** How Discord gives a connection another voice server. */
export interface ServerChange {
  /** In which order the two updates come; `none` is the server alone, as when a channel's region changes. */
  state: 'first' | 'last' | 'none';
  /** The voice session goes on by default. */
  newSession?: boolean;
  /** Tells first that the former server has gone away: an endpoint of null. */
  gone?: boolean;
  /** The former server hangs up with this code before that; by default it stands until the next one is connected. */
  hangUp?: number;
}

export interface VoiceStates {
  /** A person joins or moves; the state is told to the bots of the guild. */
  enter(guild: GuildState, channel: ChannelState, userId: string, speaker: boolean): APIVoiceState;
  leave(guild: GuildState, userId: string): void;
  /** A moderator drags a bot into another channel of the guild. */
  drag(guild: GuildState, channel: ChannelState, userId: string): void;
  /** Takes a bot out of voice, by whosever wish it was. */
  expel(guild: GuildState, userId: string): void;
  changeServer(guild: GuildState, userId: string, change: ServerChange): void;
  /** Changes fields of a present state (suppress, request to speak, deaf) and tells it. */
  change(guild: GuildState, userId: string, fields: Partial<APIVoiceState>): void;
  /** Op 4 of a bot. */
  request(session: GatewaySession, data: GatewayVoiceStateUpdateData): void;
  /** A gateway session is over: what it held in voice ends with it. */
  release(session: GatewaySession): void;
}

/** A voice server room of the channel: DAVE in voice channels, none on stages. */
export const roomOf = (voice: VoiceServer, channel: ChannelState) =>
  voice.room(channel.guildId, channel.id, { daveVersion: channel.kind === 'voice' ? 1 : 0 });

const isFull = (guild: GuildState, channel: ChannelState, userId: string): boolean => {
  const present = [...guild.voiceStates.values()].filter((state) => state.channel_id === channel.id);
  return (
    channel.userLimit > 0 && present.length >= channel.userLimit && !present.some((s) => s.user_id === userId)
  );
};

/** A full channel, or one that may not be joined, answers op 4 with no event at all. */
export function mayJoin(guild: GuildState, channel: ChannelState, userId: string): boolean {
  const held = channelPermissions(guild, channel, userId);
  if (missingFrom(held, ['ViewChannel', 'Connect']).length > 0) return false;
  return !isFull(guild, channel, userId) || missingFrom(held, ['MoveMembers']).length === 0;
}

export function createVoiceStates(world: World, voice: VoiceServer): VoiceStates {
  /** Which gateway session put a bot into voice, by guild and user. */
  const owners = new Map<string, string>();
  const ownerKey = (guildId: string, userId: string) => `${guildId}:${userId}`;

  const tell = (guild: GuildState, state: APIVoiceState): void => {
    const member = guild.members.get(state.user_id);
    const data = { ...state, guild_id: guild.id, member: member && wireMember(member) };
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.VoiceStateUpdate, data);
  };
  const put = (guild: GuildState, channel: ChannelState, userId: string, fields: Partial<APIVoiceState>) => {
    const state: APIVoiceState = {
      channel_id: channel.id,
      user_id: userId,
      session_id: randomUUID().replaceAll('-', ''),
      deaf: false,
      mute: false,
      self_deaf: false,
      self_mute: false,
      self_stream: false,
      self_video: false,
      suppress: false,
      request_to_speak_timestamp: null,
      ...fields,
    };
    guild.voiceStates.set(userId, state);
    tell(guild, state);
    return state;
  };
  const leave = (guild: GuildState, userId: string): void => {
    const state = guild.voiceStates.get(userId);
    if (state === undefined) return;
    guild.voiceStates.delete(userId);
    tell(guild, { ...state, channel_id: null });
  };

  const expel = (guild: GuildState, userId: string): void => {
    leave(guild, userId);
    owners.delete(ownerKey(guild.id, userId));
    voice.disconnect(userId, VoiceCloseCodes.Disconnected, guild.id);
  };
  /** Names the voice server that waits for this state; whatever was named before counts no more. */
  const nameServer = (guild: GuildState, channel: ChannelState, state: APIVoiceState): void => {
    const token = randomUUID().replaceAll('-', '');
    roomOf(voice, channel);
    const { user_id: userId, session_id: sessionId } = state;
    voice.expect({ guildId: guild.id, channelId: channel.id, userId, sessionId, token });
    world.dispatch.toBot(userId, GatewayDispatchEvents.VoiceServerUpdate, {
      ...{ token, guild_id: guild.id, endpoint: voice.endpoint },
    });
  };
  const presence = (guild: GuildState, userId: string) => {
    const state = guild.voiceStates.get(userId);
    const channel = guild.channels.get(state?.channel_id ?? '');
    if (state === undefined || channel === undefined) throw new Error(`${userId} is in no voice channel`);
    return { state, channel };
  };

  return {
    leave,
    expel,
    // Being moved ends the connection with 4014, and a state and a server for the next one follow (discord-api-docs#2450).
    drag(guild, channel, userId) {
      const { state } = presence(guild, userId);
      voice.disconnect(userId, VoiceCloseCodes.Disconnected, guild.id);
      const moved = put(guild, channel, userId, { ...state, channel_id: channel.id });
      nameServer(guild, channel, moved);
    },
    changeServer(guild, userId, { state: place, newSession = false, gone = false, hangUp }) {
      const { state, channel } = presence(guild, userId);
      if (hangUp !== undefined) voice.disconnect(userId, hangUp, guild.id);
      if (gone)
        world.dispatch.toBot(userId, GatewayDispatchEvents.VoiceServerUpdate, {
          ...{ token: 'gone', guild_id: guild.id, endpoint: null },
        });
      if (newSession) state.session_id = randomUUID().replaceAll('-', '');
      if (place === 'first') tell(guild, state);
      nameServer(guild, channel, state);
      if (place === 'last') tell(guild, state);
    },
    enter: (guild, channel, userId, speaker) =>
      put(guild, channel, userId, { suppress: channel.kind === 'stage' && !speaker }),
    change(guild, userId, fields) {
      const state = guild.voiceStates.get(userId);
      if (state === undefined) return;
      // Docs, Voice, caveats: who is suppressed loses their request to speak.
      Object.assign(state, fields.suppress ? { request_to_speak_timestamp: null } : {}, fields);
      tell(guild, state);
      const place = state.channel_id === null ? undefined : findChannel(world, state.channel_id);
      if (fields.deaf === undefined || place === undefined) return;
      // The voice server sends no audio to whom a moderator deafened (jagrosh/MusicBot#1554).
      if (fields.deaf) roomOf(voice, place.channel).deafen(userId, 'lifted');
      else roomOf(voice, place.channel).undeafen(userId);
    },
    request(session, data) {
      const userId = session.bot.user.id;
      const guild = world.guilds.get(data.guild_id);
      if (guild === undefined || !session.bot.guildIds.has(guild.id)) return;
      const key = ownerKey(guild.id, userId);
      const present = guild.voiceStates.get(userId);
      if (data.channel_id === null) {
        expel(guild, userId);
        return;
      }
      const place = findChannel(world, data.channel_id);
      if (place?.guild !== guild || place.channel.kind === 'text' || !mayJoin(guild, place.channel, userId))
        return;
      const flags = { self_mute: data.self_mute, self_deaf: data.self_deaf };
      const isSettled =
        present?.channel_id === place.channel.id &&
        owners.get(key) === session.id &&
        roomOf(voice, place.channel).connectedUserIds().includes(userId);
      if (isSettled) {
        Object.assign(present, flags);
        tell(guild, present);
        return;
      }
      owners.set(key, session.id);
      const suppress =
        place.channel.kind === 'stage' && (present?.channel_id !== place.channel.id || present.suppress);
      const state = put(guild, place.channel, userId, { ...flags, suppress });
      nameServer(guild, place.channel, state);
    },
    release(session) {
      const userId = session.bot.user.id;
      for (const guild of world.guilds.values()) {
        if (owners.get(ownerKey(guild.id, userId)) === session.id) expel(guild, userId);
      }
    },
  };
}

/** A stage moderator speaks at once; everybody else listens until invited. */
export const isStageModerator = (guild: GuildState, channel: ChannelState, userId: string): boolean =>
  missingFrom(channelPermissions(guild, channel, userId), STAGE_MODERATOR).length === 0;
