/** All of the embedded Discord's memory, and who is told when it changes. */
import { EventEmitter } from 'node:events';
import type { APIMessage, APIUser, GatewayDispatchEvents } from 'discord-api-types/v10';
import { createSnowflakes, type SnowflakeMaker } from '../snowflake.ts';
import type { BotState, ChannelState, GuildState, InteractionState } from './model.ts';

/** The part of the gateway that state changes need. */
export interface Dispatcher {
  /** To every bot in the guild whose intents cover the event. */
  toGuild(guildId: string, event: GatewayDispatchEvents, data: unknown): void;
  /** To one bot, whatever its intents (interactions, its own voice server). */
  toBot(userId: string, event: GatewayDispatchEvents, data: unknown): void;
}

export interface World {
  makeId: SnowflakeMaker;
  guilds: Map<string, GuildState>;
  /** Everybody by id, bots included. */
  users: Map<string, APIUser>;
  /** By token. */
  bots: Map<string, BotState>;
  /** By token. */
  interactions: Map<string, InteractionState>;
  dispatch: Dispatcher;
  /** `message` events: created, edited or deleted in a channel. */
  changes: EventEmitter<{ message: [message: APIMessage, event: 'created' | 'edited' | 'deleted'] }>;
}

export function createWorld(dispatch: Dispatcher): World {
  const changes: World['changes'] = new EventEmitter();
  changes.setMaxListeners(0);
  return {
    makeId: createSnowflakes(),
    guilds: new Map(),
    users: new Map(),
    bots: new Map(),
    interactions: new Map(),
    dispatch,
    changes,
  };
}

export function findChannel(
  world: World,
  channelId: string,
): { guild: GuildState; channel: ChannelState } | undefined {
  for (const guild of world.guilds.values()) {
    const channel = guild.channels.get(channelId);
    if (channel) return { guild, channel };
  }
  return undefined;
}
