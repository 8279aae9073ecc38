/** The gateway v10: hello, identify, heartbeat, resume, and the events of a guild to the bots in it. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayOpcodes,
  type GatewayIdentifyData,
  type GatewayReceivePayload,
  type GatewayRequestGuildMembersDataWithUserIds,
  type GatewayResumeData,
  type GatewayVoiceStateUpdateData,
} from 'discord-api-types/v10';
import { WebSocketServer, type WebSocket } from 'ws';
import type { BotState } from '../state/model.ts';
import { wireGuildCreate, wireMember } from '../state/wire.ts';
import type { Dispatcher, World } from '../state/world.ts';
import { covers } from './intents.ts';
import { createSession, type GatewaySession } from './session.ts';

const HEARTBEAT_INTERVAL_MS = 41_250;
/** Docs, Gateway, "Rate Limiting": 120 events a connection a minute, then the connection is closed. */
const SENDS_PER_MINUTE = 120;

export interface GatewayHooks {
  voiceStateUpdate(session: GatewaySession, request: GatewayVoiceStateUpdateData): void;
  /** The session ended for good: its voice states end with it. */
  sessionEnded(session: GatewaySession): void;
}

export interface Gateway {
  url: string;
  dispatcher: Dispatcher;
  attach(world: World, hooks: GatewayHooks): void;
  sessionsOf(userId: string): GatewaySession[];
  /** Cuts the bot's connections without a close frame; their sessions can resume. */
  drop(userId: string): void;
  /** Ends the bot's sessions with op 9, `d: false`: they must identify anew. */
  invalidate(userId: string): void;
  /** Sends refused because a connection sent too much, for tests. */
  floods(): number;
  close(): Promise<void>;
}

interface ClientMessage {
  op: number;
  d: unknown;
}

export async function startGateway(): Promise<Gateway> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gateway has no port');
  const url = `ws://127.0.0.1:${address.port}`;
  const sessions = new Map<string, GatewaySession>();
  let world: World | undefined;
  let hooks: GatewayHooks | undefined;
  let floods = 0;

  const end = (session: GatewaySession): void => {
    if (!sessions.delete(session.id)) return;
    hooks?.sessionEnded(session);
  };

  function identify(socket: WebSocket, data: GatewayIdentifyData): GatewaySession | undefined {
    const bot = world?.bots.get(data.token);
    if (bot === undefined || world === undefined) {
      socket.close(GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.');
      return undefined;
    }
    if ((data.intents & ~bot.allowedIntents) !== 0) {
      socket.close(GatewayCloseCodes.DisallowedIntents, 'Disallowed intent(s).');
      return undefined;
    }
    const session = createSession(randomUUID().replaceAll('-', ''), bot, data.intents, socket);
    sessions.set(session.id, session);
    session.dispatch(GatewayDispatchEvents.Ready, {
      v: 10,
      user: bot.user,
      guilds: [...bot.guildIds].map((id) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: url,
      shard: data.shard ?? [0, 1],
      application: { id: bot.applicationId, flags: 0 },
    });
    for (const guildId of bot.guildIds) {
      const guild = world.guilds.get(guildId);
      if (guild && covers(data.intents, GatewayDispatchEvents.GuildCreate))
        session.dispatch(GatewayDispatchEvents.GuildCreate, wireGuildCreate(guild));
    }
    return session;
  }

  function resume(socket: WebSocket, data: GatewayResumeData): GatewaySession | undefined {
    const session = sessions.get(data.session_id);
    const missed = session?.bot.token === data.token ? session.missedSince(data.seq) : undefined;
    if (session === undefined || missed === undefined) {
      socket.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: false }));
      return undefined;
    }
    session.socket = socket;
    for (const text of missed) socket.send(text);
    session.dispatch(GatewayDispatchEvents.Resumed, {});
    return session;
  }

  function requestMembers(session: GatewaySession, data: GatewayRequestGuildMembersDataWithUserIds): void {
    const guild = world?.guilds.get(data.guild_id);
    if (guild === undefined) return;
    const wanted = [data.user_ids].flat();
    const members = [...guild.members.values()]
      .filter(({ user }) => wanted.includes(user.id))
      .map(wireMember);
    session.dispatch(GatewayDispatchEvents.GuildMembersChunk, {
      guild_id: guild.id,
      members,
      chunk_index: 0,
      chunk_count: 1,
      nonce: data.nonce,
    });
  }

  server.on('connection', (socket) => {
    let session: GatewaySession | undefined;
    let windowStartMs = Date.now();
    let sends = 0;
    const answer = (payload: Partial<GatewayReceivePayload>) => socket.send(JSON.stringify(payload));
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => {
      if (session?.socket !== socket) return;
      session.socket = undefined;
      // Docs, Gateway, "Initiating a Disconnect": 1000 and 1001 end the session; any other way it can be resumed.
      if (code === 1000 || code === 1001) end(session);
    });
    socket.on('message', (raw: Buffer) => {
      if (Date.now() - windowStartMs > 60_000) [windowStartMs, sends] = [Date.now(), 0];
      sends += 1;
      if (sends > SENDS_PER_MINUTE) {
        floods += 1;
        socket.close(GatewayCloseCodes.RateLimited, 'You are being rate limited.');
        return;
      }
      const { op, d } = JSON.parse(raw.toString('utf8')) as ClientMessage;
      if (op === (GatewayOpcodes.Heartbeat as number)) answer({ op: GatewayOpcodes.HeartbeatAck });
      else if (op === (GatewayOpcodes.Identify as number))
        session = identify(socket, d as GatewayIdentifyData);
      else if (op === (GatewayOpcodes.Resume as number)) session = resume(socket, d as GatewayResumeData);
      else if (session === undefined) socket.close(GatewayCloseCodes.NotAuthenticated, 'Not authenticated.');
      else if (op === (GatewayOpcodes.VoiceStateUpdate as number))
        hooks?.voiceStateUpdate(session, d as GatewayVoiceStateUpdateData);
      else if (op === (GatewayOpcodes.RequestGuildMembers as number))
        requestMembers(session, d as GatewayRequestGuildMembersDataWithUserIds);
      else if (op !== (GatewayOpcodes.PresenceUpdate as number))
        socket.close(GatewayCloseCodes.UnknownOpcode, 'Unknown opcode.');
    });
    answer({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: HEARTBEAT_INTERVAL_MS } });
  });

  const sessionsOf = (userId: string) => [...sessions.values()].filter(({ bot }) => bot.user.id === userId);
  const inGuild = (bot: BotState, guildId: string) => bot.guildIds.has(guildId);
  return {
    url,
    dispatcher: {
      toGuild(guildId, event, data) {
        for (const session of sessions.values())
          if (inGuild(session.bot, guildId) && covers(session.intents, event)) session.dispatch(event, data);
      },
      toBot(userId, event, data) {
        for (const session of sessionsOf(userId)) session.dispatch(event, data);
      },
    },
    attach(newWorld, newHooks) {
      world = newWorld;
      hooks = newHooks;
    },
    sessionsOf,
    drop(userId) {
      for (const session of sessionsOf(userId)) session.socket?.terminate();
    },
    invalidate(userId) {
      for (const session of sessionsOf(userId)) {
        session.socket?.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: false }));
        end(session);
      }
    },
    floods: () => floods,
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
