/** A furnished guild with a bot in it, and ways to ask REST and the gateway without a library between. */
import { once } from 'node:events';
import { GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { WebSocket } from 'ws';
import {
  startSimulator,
  type SimBot,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts';
import type { PermissionName } from '../../src/simulator/state/permissions.ts';

export const { Guilds, GuildVoiceStates, GuildScheduledEvents, GuildMessages } = GatewayIntentBits;

export const STAGE_RIGHTS: PermissionName[] = [
  'ManageChannels',
  'MuteMembers',
  'MoveMembers',
  'CreateEvents',
  'ManageEvents',
];

/** The fields that tests look at, of answers and events of every kind. */
export interface Fields {
  id: string;
  token: string;
  code: number;
  status: number;
  flags: number;
  retry_after: number;
  user_count: number;
  user_id: string;
  session_id: string;
  suppress: boolean;
  request_to_speak_timestamp: string | null;
  author: { id: string };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Fields;
}

/** One REST request as a bot, or with another authorization (null: none). */
export async function ask(
  { apiUrl }: Simulator,
  authorization: SimBot | string | null,
  request: string,
  body?: unknown,
): Promise<Answer> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const token = typeof authorization === 'object' ? authorization?.token : authorization;
  const response = await fetch(`${apiUrl}/v10${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bot ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(text || '{}') as Fields,
  };
}

/** A guild with a text, a voice and a stage channel, a person, and a bot. */
export async function furnish({
  permissions = STAGE_RIGHTS,
  ...options
}: SimulatorOptions & { permissions?: PermissionName[] } = {}) {
  const discord = await startSimulator(options);
  const guild = discord.createGuild({ name: 'Open Stage' });
  const text = guild.createChannel({ kind: 'text', name: 'general' });
  const voice = guild.createChannel({ kind: 'voice', name: 'Voice', userLimit: 2 });
  const stage = guild.createChannel({ kind: 'stage', name: 'Stage' });
  const person = guild.addMember({ displayName: 'Ada' });
  const bot = discord.createBot({ guilds: [guild], permissions });
  return { discord, guild, text, voice, stage, person, bot };
}

export interface GatewayMessage {
  op: number;
  s?: number;
  t?: string;
  d: Fields;
}

export interface RawGateway {
  socket: WebSocket;
  received: GatewayMessage[];
  send(op: number, d: unknown): void;
  sendText(text: string): void;
  /** The first message, come or to come, that satisfies. */
  next(satisfies: (message: GatewayMessage) => boolean): Promise<GatewayMessage>;
  event(name: string): Promise<GatewayMessage>;
  closed: Promise<number>;
  /** After all that was sent so far has been dealt with: a heartbeat there and back. */
  settled(): Promise<void>;
}

export async function openGateway(discord: Simulator, token: string): Promise<RawGateway> {
  const answer = await ask(discord, token, 'GET /gateway');
  return connect((answer.body as unknown as { url: string }).url);
}

const isAck = ({ op }: GatewayMessage) => op === (GatewayOpcodes.HeartbeatAck as number);

export async function connect(url: string): Promise<RawGateway> {
  const socket = new WebSocket(url);
  const received: GatewayMessage[] = [];
  socket.on('message', (raw: Buffer) => received.push(JSON.parse(raw.toString('utf8')) as GatewayMessage));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const gateway: RawGateway = {
    socket,
    received,
    closed,
    sendText: (text) => socket.send(text),
    send: (op, d) => socket.send(JSON.stringify({ op, d })),
    async next(satisfies) {
      for (;;) {
        const found = received.find(satisfies);
        if (found) return found;
        await once(socket, 'message', { signal: AbortSignal.timeout(5000) });
      }
    },
    event: (name) => gateway.next(({ t }) => t === name),
    async settled() {
      const before = received.filter(isAck).length;
      gateway.send(GatewayOpcodes.Heartbeat, null);
      while (received.filter(isAck).length === before)
        await once(socket, 'message', { signal: AbortSignal.timeout(5000) });
    },
  };
  return gateway;
}

export const identifyData = (token: string, intents: number = Guilds | GuildVoiceStates) => ({
  token,
  intents,
  properties: { os: 'test', browser: 'test', device: 'test' },
});

/** Connects, identifies, and waits until the guild is there. */
export async function identified(discord: Simulator, { token }: SimBot, intents?: number) {
  const gateway = await openGateway(discord, token);
  gateway.send(GatewayOpcodes.Identify, identifyData(token, intents));
  const ready = await gateway.event('READY');
  return { ...gateway, ready: ready.d };
}
