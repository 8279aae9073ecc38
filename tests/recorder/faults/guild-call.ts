/**
 * A recorder in this process, and between it and the whole embedded Discord an application of a few lines: it holds the
 * gateway connection, resumes it, and mirrors what the recorder must know.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { GatewayOpcodes } from 'discord-api-types/v10';
import { openRecorderCore, type RecorderCoreOptions } from '../../../recorder/core.ts';
import { PROTOCOL_VERSION, type ToApplication, type ToRecorder } from '../../../recorder/protocol.ts';
import { manualClock } from '../../../src/simulator/clock.ts';
import type { SimBot, Simulator } from '../../../src/simulator/index.ts';
import {
  furnish,
  identifyData,
  openGateway,
  type GatewayMessage,
  type RawGateway,
} from '../../simulator/furnish.ts';
import { collectLogs, speech, until } from '../voice/call.ts';

/** The application's side of the gateway, with one shard. */
function holdGateway(
  discord: Simulator,
  bot: SimBot,
  guildId: string,
  core: { receive(message: unknown): void; applicationLost(): void },
) {
  let gateway: RawGateway | undefined;
  let session: { id: string; sequence: number } | undefined;
  let ups = 0;
  const tell = (message: ToRecorder) => core.receive(message);
  const shard = (ready: boolean, resumed = false) => tell({ type: 'shard', guildId, ready, resumed });

  function onDispatch({ t, d }: GatewayMessage): void {
    const data = d as GatewayMessage['d'] & { channel_id?: string | null; unavailable?: boolean };
    if (t === 'READY') session = { id: d.session_id, sequence: 0 };
    if (t === 'READY' || t === 'RESUMED') {
      ups += 1;
      shard(true, t === 'RESUMED');
    }
    if (t === 'VOICE_STATE_UPDATE') tell({ type: 'voice-state', guildId, payload: data });
    if (t === 'VOICE_SERVER_UPDATE') tell({ type: 'voice-server', guildId, payload: data });
    if (t === 'CHANNEL_DELETE') tell({ type: 'gone', guildId, channelId: d.id });
    if (t === 'GUILD_DELETE' && data.unavailable !== true) tell({ type: 'gone', guildId });
  }

  async function open(): Promise<void> {
    const opened = (gateway = await openGateway(discord, bot.token));
    const begin = (): void => {
      if (session === undefined) opened.send(GatewayOpcodes.Identify, identifyData(bot.token));
      else {
        const { id, sequence } = session;
        opened.send(GatewayOpcodes.Resume, { token: bot.token, session_id: id, seq: sequence });
      }
    };
    opened.socket.on('message', (raw: Buffer) => {
      const message = JSON.parse(raw.toString('utf8')) as GatewayMessage;
      if (gateway !== opened) return;
      if (message.op === (GatewayOpcodes.Dispatch as number)) onDispatch(message);
      if (session !== undefined) session.sequence = message.s ?? session.sequence;
      if (message.op !== (GatewayOpcodes.InvalidSession as number)) return;
      shard(false);
      // Op 9 says whether the session can be resumed.
      if ((message.d as unknown) !== true) session = undefined;
      begin();
    });
    opened.socket.on('close', () => {
      if (gateway !== opened) return;
      shard(false);
      void open();
    });
    begin();
  }

  return {
    /** How often the shard has become ready. */
    ups: () => ups,
    async start() {
      session = undefined;
      tell({ type: 'hello', protocolVersion: PROTOCOL_VERSION });
      await open();
      await gateway!.event('READY');
    },
    /** Killed: the gateway connection breaks without a close frame, and nobody resumes it. */
    die() {
      const dead = gateway;
      gateway = undefined;
      dead?.socket.terminate();
      core.applicationLost();
    },
    send: (payload: unknown) => gateway?.sendText(JSON.stringify(payload)),
  };
}

export interface GuildCallOptions extends Partial<RecorderCoreOptions> {
  /** A voice channel is encrypted end to end, a stage is not. */
  kind?: 'stage' | 'voice';
}

export async function openGuildCall({ kind = 'stage', ...options }: GuildCallOptions = {}) {
  const clock = manualClock(1_000_000);
  const permissions = ['ViewChannel', 'Connect'] as const;
  const furnished = await furnish({ clock, openApiPath: null, permissions: [...permissions] });
  const { discord, guild, bot } = furnished;
  const stage = guild.createChannel({ kind, name: 'Here' });
  const hall = guild.createChannel({ kind, name: 'Hall' });
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-faults-'));
  const messages: ToApplication[] = [];
  const { logger, logged } = collectLogs();
  const core = await openRecorderCore({
    ...{ dataFolder, clock, diskFloorBytes: 0, voiceCaPems: [discord.caPem] },
    logger,
    send(message) {
      messages.push(JSON.parse(JSON.stringify(message)) as ToApplication);
      if (message.type === 'gateway-send') app.send(message.payload);
    },
    ...options,
  });
  const app = holdGateway(discord, bot, guild.id, core);
  await app.start();
  const sessionId = randomUUID();
  const folder = path.join(dataFolder, 'sessions', sessionId);
  const find = <T extends ToApplication['type']>(type: T) =>
    messages.filter((message): message is Extract<ToApplication, { type: T }> => message.type === type);
  const rooms = [stage.room(), hall.room()];
  const sent = (): number =>
    rooms
      .flatMap(({ truth }) => truth.userIds().flatMap((userId) => truth.of(userId)))
      .reduce((sum, { recipients }) => sum + recipients, 0);

  const call = {
    ...{ ...furnished, clock, stage, hall, rooms, core, app, folder, sessionId, messages, logged, find },
    /** Zero of the session clock on the simulation's, from the start on. */
    startUs: 0,
    status: () => core.live()[0],
    async start(id = sessionId) {
      call.startUs = clock.nowUs();
      const from = find('started').length;
      core.receive({
        type: 'start',
        requestId: 'start',
        session: {
          ...{
            sessionId: id,
            guildId: guild.id,
            channelId: stage.id,
            selfUserId: bot.userId,
            title: 'A talk',
          },
          startedBy: { userId: '1', displayName: 'Host', bot: false },
          notice: { channelId: stage.id, messageId: '5', atMs: 1 },
          people: [],
        },
      });
      await until(() => find('started').length > from, 'the session has started');
    },
    /** Lets time pass in steps of 5 ms, giving sockets their turns; never further than `done`. */
    async play(us: number, done: () => boolean = () => false) {
      for (let leftUs = us; leftUs > 0 && !done(); leftUs -= 5_000) {
        await clock.advance(Math.min(leftUs, 5_000));
        const received = core.counts(sessionId)?.received ?? Infinity;
        // Connections are made in real time.
        if (call.status()?.state !== 'recording') await new Promise((resolve) => setTimeout(resolve, 2));
        for (let turn = 0; turn < 3 || (turn < 50 && received < sent()); turn += 1)
          await new Promise((resolve) => setImmediate(resolve));
      }
    },
    /** Lets long waits pass, in which nobody speaks. */
    async wait(us: number, done: () => boolean) {
      for (let leftUs = us; leftUs > 0 && !done(); leftUs -= 500_000) {
        await clock.advance(500_000);
        await new Promise((resolve) => setTimeout(resolve, 22));
      }
    },
    async stop() {
      core.receive({ type: 'stop', requestId: 'stop', sessionId });
      await until(() => find('sealed').length > 0, 'the session is sealed');
    },
    /** People in the channel where the bot is now were told. */
    told(channelId: string) {
      const notice = { channelId, messageId: '6', atMs: 2 };
      core.receive({ type: 'told', sessionId, notice, userIds: ['1'], everyone: true });
    },
    async journal(): Promise<Record<string, unknown>[]> {
      const lines = (await readFile(path.join(folder, 'journal.jsonl'), 'utf8')).trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    async close() {
      app.die();
      await core.stop();
      await discord.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  return call;
}

export type GuildCall = Awaited<ReturnType<typeof openGuildCall>>;

let open: GuildCall | undefined;

/** Somebody speaks on the stage, and has done so for a second. `said` is settled when all of it was. */
export async function talking(packets = 150, options?: GuildCallOptions) {
  const call = (open = await openGuildCall(options));
  await call.start();
  const speaker = call.guild.owner.joinVoice(call.stage);
  // Alone without the bot, nobody can speak: there is no group.
  if (options?.kind === 'voice') {
    call.person.joinVoice(call.stage);
    await call.play(1_000_000);
  }
  // So that what follows takes time, as it does in the world.
  call.discord.voice.gatewayFaults.readyDelayUs = 300_000;
  const said = speaker.speak(speech(packets, 1));
  await call.play(1_000_000);
  return { call, said };
}

/** After each test. */
export async function closeCall(): Promise<void> {
  await open?.close();
  open = undefined;
}
