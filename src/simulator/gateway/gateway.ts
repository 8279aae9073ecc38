/** The gateway v10: hello, identify, heartbeat, resume, and the events of a guild to the bots in it. */
import { once } from 'node:events';
import {
  GatewayCloseCodes,
  GatewayOpcodes,
  type GatewayIdentifyData,
  type GatewayReceivePayload,
  type GatewayRequestGuildMembersData,
  type GatewayResumeData,
  type GatewayVoiceStateUpdateData,
} from 'discord-api-types/v10';
import { WebSocketServer, type WebSocket } from 'ws';
import { maySee } from '../state/permissions.ts';
import type { Dispatcher, World } from '../state/world.ts';
import { identify, resume, type Handshake } from './handshake.ts';
import { covers, visiblePart } from './intents.ts';
import { answerMembersRequest } from './members-request.ts';
import type { GatewaySession } from './session.ts';

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
  /** Op 9. Not resumable, it ends the bot's sessions and they must identify anew. */
  invalidate(userId: string, resumable: boolean): void;
  hangUp(userId: string, code: number): void;
  /** Connections closed because they sent too much, for tests. */
  floods(): number;
  close(): Promise<void>;
}

interface ClientMessage {
  op: number;
  d: unknown;
}

function parseMessage(raw: Buffer): ClientMessage | undefined {
  try {
    const message = JSON.parse(raw.toString('utf8')) as ClientMessage | null;
    return typeof message?.op === 'number' ? message : undefined;
  } catch {
    return undefined;
  }
}

/** True while a connection keeps to its 120 sends a minute. */
function createAllowance(): () => boolean {
  let windowStartMs = Date.now();
  let sends = 0;
  return () => {
    if (Date.now() - windowStartMs > 60_000) [windowStartMs, sends] = [Date.now(), 0];
    sends += 1;
    return sends <= SENDS_PER_MINUTE;
  };
}

export async function startGateway(): Promise<Gateway> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gateway has no port');
  const url = `ws://127.0.0.1:${address.port}`;
  const sessions = new Map<string, GatewaySession>();
  let attached: { world: World; hooks: GatewayHooks } | undefined;
  let floods = 0;

  const end = (session: GatewaySession): void => {
    if (sessions.delete(session.id)) attached?.hooks.sessionEnded(session);
  };
  /** A session whose connection broke waits for somebody to resume it, but not for ever. */
  const endUnlessResumed = (session: GatewaySession, { clock, timing }: World): void => {
    const left = session.connections();
    clock.at(clock.nowUs() + timing.sessionOutlivesMs * 1000, () => {
      if (session.connections() === left) end(session);
    });
  };

  server.on('connection', (socket: WebSocket) => {
    let opened: GatewaySession | undefined;
    const isAllowed = createAllowance();
    const answer = (payload: Partial<GatewayReceivePayload>) => socket.send(JSON.stringify(payload));
    const current = () => (opened?.socket === socket ? opened : undefined);
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => {
      const session = current();
      if (session === undefined || attached === undefined) return;
      session.socket = undefined;
      // Docs, Gateway, "Initiating a Disconnect": 1000 and 1001 end the session; any other way it can be resumed.
      if (code === 1000 || code === 1001) end(session);
      else endUnlessResumed(session, attached.world);
    });

    function begin(handshake: Handshake): void {
      if (handshake === 'invalid') answer({ op: GatewayOpcodes.InvalidSession, d: false });
      else if ('close' in handshake) socket.close(handshake.close, handshake.reason);
      else {
        opened = handshake;
        sessions.set(handshake.id, handshake);
      }
    }

    function receive({ op, d }: ClientMessage, { world, hooks }: NonNullable<typeof attached>): void {
      const session = current();
      const begins = op === (GatewayOpcodes.Identify as number) || op === (GatewayOpcodes.Resume as number);
      if (op === (GatewayOpcodes.Heartbeat as number)) answer({ op: GatewayOpcodes.HeartbeatAck });
      else if (begins && session)
        socket.close(GatewayCloseCodes.AlreadyAuthenticated, 'Already authenticated.');
      else if (op === (GatewayOpcodes.Identify as number))
        begin(identify({ world, url, socket }, d as GatewayIdentifyData));
      else if (op === (GatewayOpcodes.Resume as number))
        begin(resume(sessions, socket, d as GatewayResumeData));
      else if (session === undefined) socket.close(GatewayCloseCodes.NotAuthenticated, 'Not authenticated.');
      else if (op === (GatewayOpcodes.VoiceStateUpdate as number))
        hooks.voiceStateUpdate(session, d as GatewayVoiceStateUpdateData);
      else if (op === (GatewayOpcodes.RequestGuildMembers as number))
        answerMembersRequest(world, session, d as GatewayRequestGuildMembersData);
      // Presence, soundboard sounds and channel info: known, and nothing here depends on their answer.
      else if (GatewayOpcodes[op] === undefined)
        socket.close(GatewayCloseCodes.UnknownOpcode, 'Unknown opcode.');
    }

    socket.on('message', (raw: Buffer) => {
      if (!isAllowed()) {
        floods += 1;
        socket.close(GatewayCloseCodes.RateLimited, 'You are being rate limited.');
        return;
      }
      const message = parseMessage(raw);
      if (message === undefined) socket.close(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
      else if (attached) receive(message, attached);
    });
    answer({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: HEARTBEAT_INTERVAL_MS } });
  });

  const sessionsOf = (userId: string) => [...sessions.values()].filter(({ bot }) => bot.user.id === userId);
  return {
    url,
    dispatcher: {
      toGuild(guildId, event, payload, channel) {
        const guild = attached?.world.guilds.get(guildId);
        for (const session of sessions.values()) {
          const { bot, intents } = session;
          const isHidden = guild && channel && !maySee(guild, channel, bot.user.id);
          if (bot.guildIds.has(guildId) && covers(intents, event) && !isHidden)
            session.dispatch(event, visiblePart(intents, bot.user.id, event, payload));
        }
      },
      toBot(userId, event, payload) {
        for (const session of sessionsOf(userId)) session.dispatch(event, payload);
      },
    },
    attach(world, hooks) {
      attached = { world, hooks };
    },
    sessionsOf,
    drop(userId) {
      for (const session of sessionsOf(userId)) session.socket?.terminate();
    },
    invalidate(userId, resumable) {
      for (const session of sessionsOf(userId)) {
        session.socket?.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: resumable }));
        // From here on the connection is nobody's; discord.js resumes on the very same one.
        session.socket = undefined;
        if (!resumable) end(session);
        else if (attached) endUnlessResumed(session, attached.world);
      }
    },
    hangUp(userId, code) {
      for (const session of sessionsOf(userId)) {
        session.socket?.close(code);
        session.socket = undefined;
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
