/** A recorder in this process, a simulated voice server, and the application's side of the gateway played by hand. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { getGroups } from '@discordjs/voice';
import type { VoiceConnection } from '@discordjs/voice';
import { expect } from 'vitest';
import { openRecorderCore } from '../../../recorder/core.ts';
import type { RecorderCore, RecorderCoreOptions, RecorderLogger } from '../../../recorder/core.ts';
import { PROTOCOL_VERSION, toApplication } from '../../../recorder/protocol.ts';
import type { SealedSession, SessionRequest, ToApplication } from '../../../recorder/protocol.ts';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import { manualClock } from '../../../src/simulator/clock.ts';
import type { ManualClock } from '../../../src/simulator/clock.ts';
import { startVoiceServer } from '../../../src/simulator/voice/voice-server.ts';
import type { EncryptionMode, VoiceRoom, VoiceServer } from '../../../src/simulator/voice/voice-server.ts';

export const guildId = '100000000000000001';
export const channelId = '200000000000000001';
export const botId = '900000000000000001';

export type Answer<T extends ToApplication['type']> = Extract<ToApplication, { type: T }>;

export interface Application {
  readonly messages: ToApplication[];
  /** Says hello and that its shard is ready, with a fresh gateway session. */
  connect(): void;
  die(): void;
  /** Whether op 4 is answered, and in which order. */
  answers: 'state-first' | 'server-first' | 'never';
  /** Names voice sessions that the voice server does not know. */
  misleads: boolean;
  /** Resolves with the first message of a type that comes, or came, at or after the `from`-th. */
  next<T extends ToApplication['type']>(type: T, from?: number): Promise<Answer<T>>;
}

export interface Call {
  readonly clock: ManualClock;
  readonly voice: VoiceServer;
  readonly room: VoiceRoom;
  readonly core: RecorderCore;
  readonly app: Application;
  readonly dataFolder: string;
  readonly logged: string[];
  request(): SessionRequest;
  start(request?: SessionRequest): Promise<Answer<'started'>>;
  stop(): Promise<SealedSession>;
  /** Lets time pass in steps of 5 ms, each only when all that was sent in the one before has arrived. */
  play(us: number): Promise<void>;
  close(): Promise<void>;
}

/** The recorder's own connection, the latest in the library's registry of groups. */
export function recordersConnection(): VoiceConnection {
  const connections = getGroups()
    .values()
    .flatMap((group) => group.values());
  return [...connections].findLast(({ joinConfig }) => joinConfig.guildId === guildId)!;
}

/** Waits on the event loop until `condition` holds; for what the other side of a socket does in its own time. */
export async function until(condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain until ${what}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Distinct packets of 160 bytes: 20 ms CELT stereo by their first byte, then speaker and place. */
export function speech(count: number, seed = 0): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const packet = Buffer.alloc(160, (index * 7 + seed * 31) & 0xff);
    packet[0] = 0xfc;
    packet.writeUInt32BE((seed << 16) | index, 1);
    return packet;
  });
}

/** A gateway side that answers op 4 as Discord does, with the bot's state and the server's credentials. */
export function playApplication(
  voice: Pick<VoiceServer, 'endpoint' | 'expect'> & Partial<Pick<VoiceServer, 'disconnect'>>,
  receive: (message: unknown) => void,
  lost: () => void,
) {
  const messages: ToApplication[] = [];
  const waiting = new Set<() => void>();
  let generation = 0;
  let alive = false;
  let stays = 0;
  const sessionId = (): string => `session-${generation}${'+'.repeat(stays)}`;

  function answer(channel: string | null): void {
    if (app.answers === 'never') return;
    const token = randomUUID();
    const state = { user_id: botId, channel_id: channel, session_id: sessionId(), deaf: false };
    const both = [{ type: 'voice-state', guildId, payload: state }];
    if (channel !== null) {
      if (!app.misleads) {
        voice.expect({ guildId, channelId: channel, userId: botId, sessionId: sessionId(), token });
      }
      const server = { guild_id: guildId, token, endpoint: voice.endpoint };
      both.push({ type: 'voice-server', guildId, payload: server as never });
    }
    if (app.answers === 'server-first') both.reverse();
    for (const message of both) if (alive) receive(message);
    if (channel !== null) return;
    // Who left and comes again has another voice session.
    stays += 1;
    voice.disconnect?.(botId, 4014);
  }

  const app: Application & { send(message: ToApplication): void } = {
    messages,
    answers: 'state-first',
    misleads: false,
    connect() {
      alive = true;
      generation += 1;
      receive({ type: 'hello', protocolVersion: PROTOCOL_VERSION });
      receive({ type: 'shard', guildId, ready: true });
    },
    die() {
      alive = false;
      lost();
    },
    send(message) {
      // As over IPC: what is not JSON does not arrive, and neither does what the protocol does not know.
      const carried = toApplication.parse(JSON.parse(JSON.stringify(message)));
      messages.push(carried);
      for (const look of waiting) look();
      if (carried.type !== 'gateway-send') return;
      const { d } = carried.payload as { d: { channel_id: string | null } };
      setImmediate(() => answer(d.channel_id));
    },
    next: (type, from = 0) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = messages.slice(from).find((message) => message.type === type);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found as never);
        };
        waiting.add(look);
        look();
      }),
  };
  return app;
}

export function collectLogs(): { logger: RecorderLogger; logged: string[] } {
  const logged: string[] = [];
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return { logger, logged };
}

export interface CallOptions extends Partial<RecorderCoreOptions> {
  daveVersion?: 0 | 1;
  modes?: EncryptionMode[];
}

export async function openCall({ daveVersion = 0, modes, ...options }: CallOptions = {}): Promise<Call> {
  const clock = manualClock(1_000_000);
  const voice = await startVoiceServer({ clock, seed: 1, ...(modes === undefined ? {} : { modes }) });
  const room = voice.room(guildId, channelId, { daveVersion });
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-call-'));
  const { logger, logged } = collectLogs();
  const core: RecorderCore = await openRecorderCore({
    dataFolder,
    logger,
    clock,
    voiceCaPems: [voice.caPem],
    diskFloorBytes: 0,
    send: (message) => app.send(message),
    ...options,
  });
  const app = playApplication(
    voice,
    (message) => core.receive(message),
    () => core.applicationLost(),
  );
  app.connect();
  const sessionId = randomUUID();

  const request = (): SessionRequest => ({
    sessionId,
    guildId,
    channelId,
    selfUserId: botId,
    title: 'A talk',
    startedBy: { userId: '1', displayName: 'Host', bot: false },
    notice: { channelId, messageId: '5', atMs: 1 },
    people: [],
  });
  const sent = (): number =>
    room.truth
      .userIds()
      .flatMap((userId) => room.truth.of(userId))
      .reduce((sum, { dropped, recipients }) => sum + (dropped ? 0 : recipients), 0);
  const arrived = (): number => {
    const counts = core.counts(sessionId);
    if (counts === undefined) return 0;
    return counts.received - counts.short - counts.version;
  };

  return {
    clock,
    voice,
    room,
    core,
    app,
    dataFolder,
    logged,
    request,
    async start(session = request()) {
      core.receive({ type: 'start', requestId: 'start', session });
      return app.next('started');
    },
    async stop() {
      core.receive({ type: 'stop', requestId: 'stop', sessionId });
      return (await app.next('stopped')).session;
    },
    async play(us) {
      for (let leftUs = us; leftUs > 0; leftUs -= 5_000) {
        await clock.advance(Math.min(leftUs, 5_000));
        await until(() => arrived() >= sent(), 'every datagram sent has arrived');
      }
    },
    async close() {
      await core.stop();
      await voice.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A quarter of a millisecond at a time, so that each datagram is read at the moment it was sent. */
const STEP_US = 250;
/** The recorder looks at its streams every 20 ms of real time; here it does so at least this often by their clock. */
const LOOK_US = 200_000;

/** Lets time pass over a network that delays: nothing is waited for, and what arrives is read when it does. */
export async function playFinely({ clock }: Call, us: number): Promise<void> {
  for (let playedUs = 0; playedUs < us; playedUs += STEP_US) {
    await clock.advance(Math.min(us - playedUs, STEP_US));
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (playedUs % LOOK_US === 0) await new Promise((resolve) => setTimeout(resolve, 21));
  }
}

/** Every packet of the truth is in its track, byte for byte, within 1 ms of its place; `startUs` is session clock 0. */
export async function expectAllKept(call: Call, startUs: number): Promise<void> {
  const session = await readSession(path.join(call.dataFolder, 'sessions', call.request().sessionId));
  const { truth } = call.room;
  expect(session.tracks.map(({ userId }) => userId).sort()).toEqual(truth.userIds().sort());
  for (const track of session.tracks) {
    const said = truth.of(track.userId);
    const kept = await Array.fromAsync(readTrackPackets(track));
    // What differs is named by its place first, since a list of packets is no reading.
    const missing = said.filter(
      ({ opus }) => !kept.some((packet) => Buffer.compare(packet.opus, opus) === 0),
    );
    expect(missing.map(({ sequence, recipients }) => ({ sequence, recipients }))).toEqual([]);
    expect(kept.map(({ opus }) => Buffer.from(opus))).toEqual(said.map(({ opus }) => Buffer.from(opus)));
    const worstUs = Math.max(
      ...kept.map((packet, index) => Math.abs(packet.startUs + startUs - said[index]!.dueUs)),
    );
    expect(worstUs).toBeLessThanOrEqual(1_000);
  }
}
