/** All of the embedded Discord's memory, and who is told when it changes. */
import { EventEmitter } from 'node:events';
import type { APIMessage, APIUser, GatewayDispatchEvents } from 'discord-api-types/v10';
import type { SimClock } from '../clock.ts';
import { createSnowflakes, type SnowflakeMaker } from '../snowflake.ts';
import { DISCORD_TIMING, type Timing } from '../timing.ts';
import type { SentFile } from './attachments.ts';
import { noDirectMessages, type DirectMessages } from './direct-messages.ts';
import type { BotState, ChannelState, GuildState, InteractionState } from './model.ts';

/** The part of the gateway that state changes need. */
export interface Dispatcher {
  /** To every bot in the guild whose intents cover the event, and that sees the channel if one is named. */
  toGuild(guildId: string, event: GatewayDispatchEvents, data: unknown, channel?: ChannelState): void;
  /** To one bot, whatever its intents (interactions, its own voice server). */
  toBot(userId: string, event: GatewayDispatchEvents, data: unknown): void;
}

export interface World {
  clock: SimClock;
  /** The time of day, Unix milliseconds: what timestamps and ids are made of. */
  nowMs: () => number;
  timing: Timing;
  makeId: SnowflakeMaker;
  guilds: Map<string, GuildState>;
  /** Everybody by id, bots included. */
  users: Map<string, APIUser>;
  /** By token. */
  bots: Map<string, BotState>;
  /** By token. */
  interactions: Map<string, InteractionState>;
  /** Messages that one person alone sees, by message id. */
  ephemerals: Map<string, { message: APIMessage; userId: string }>;
  direct: DirectMessages;
  /** Uploaded files, by id. */
  attachments: Map<string, SentFile>;
  /** Where they are handed out; known once the server listens. */
  cdnUrl: string;
  /** Who reacted to a message, by emoji: messages themselves only say how many. */
  reactors: WeakMap<APIMessage, Map<string, Set<string>>>;
  dispatch: Dispatcher;
  /** `message` events: created, edited or deleted in a channel, or before one person's eyes. */
  changes: EventEmitter<{ message: [message: APIMessage, event: 'created' | 'edited' | 'deleted'] }>;
}

export interface WorldOptions {
  clock: SimClock;
  nowMs?: (() => number) | undefined;
  timing?: Partial<Timing> | undefined;
}

export function createWorld(dispatch: Dispatcher, { clock, nowMs = Date.now, timing }: WorldOptions): World {
  const changes: World['changes'] = new EventEmitter();
  changes.setMaxListeners(0);
  return {
    clock,
    nowMs,
    timing: { ...DISCORD_TIMING, ...timing },
    makeId: createSnowflakes(nowMs),
    guilds: new Map(),
    users: new Map(),
    bots: new Map(),
    interactions: new Map(),
    ephemerals: new Map(),
    direct: noDirectMessages(),
    attachments: new Map(),
    cdnUrl: '',
    reactors: new WeakMap(),
    dispatch,
    changes,
  };
}

/** Now, as Discord writes times. */
export const isoNow = ({ nowMs }: Pick<World, 'nowMs'>): string => new Date(nowMs()).toISOString();

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
