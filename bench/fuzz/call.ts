/** A recorder in this process on a clock of its own, in a room of the simulated voice server, fed past its speakers. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { getGroups, VoiceConnectionStatus } from '@discordjs/voice';
import type { VoiceConnection } from '@discordjs/voice';
import { openRecorderCore } from '../../recorder/core.ts';
import { readSession, readTrackPackets } from '../../recorder/session/reader.ts';
import { PROTOCOL_VERSION } from '../../recorder/protocol.ts';
import type { ToApplication } from '../../recorder/protocol.ts';
import { manualClock } from '../../src/simulator/clock.ts';
import type { ManualClock } from '../../src/simulator/clock.ts';
import { buildRtp, plainShape } from '../../src/simulator/voice/rtp.ts';
import { startVoiceServer } from '../../src/simulator/voice/voice-server.ts';
import type { VoiceRoom, VoiceWire } from '../../src/simulator/voice/voice-server.ts';
import { BOT_ID, channelId, guildId, opusPacket, sessionId, speakerId } from '../capture/setting.ts';

export interface FuzzCall {
  readonly clock: ManualClock;
  readonly room: VoiceRoom;
  readonly connection: VoiceConnection;
  /** Waits for a connection and gives the way to it. */
  wire(): Promise<VoiceWire>;
  /** Datagrams that the recorder has taken so far, and those it kept. */
  counts(): { received: number; kept: number };
  /** Waits until the recorder has acted on every message posted before this. */
  heard(): Promise<void>;
  /** Each speaker says one packet, which must be kept. */
  speak(): Promise<void>;
  /** Datagrams of the speakers, as the network last carried them. */
  readonly overheard: readonly Buffer[];
  /** Seals the session and compares: @returns what is wrong with it, and how many packets are right. */
  close(): Promise<{ faults: string[]; right: number }>;
}

const SPEAKERS = 2;
const FRAME_US = 20_000;
const FRAME_SAMPLES = 960;
const OVERHEARD = 64;

export async function until(holds: () => boolean, what: string, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function openFuzzCall(daveVersion: 0 | 1): Promise<FuzzCall> {
  const clock = manualClock(1_000_000);
  const voice = await startVoiceServer({ clock, seed: 1, forgiving: true });
  const room = voice.room(guildId(0), channelId(0), { daveVersion });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-fuzz-'));
  let connections = 0;
  let generation = 0;
  /** What was caught so that the other tracks and sessions went on. */
  const troubles: string[] = [];
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const core = await openRecorderCore({
    dataFolder: folder,
    logger: {
      ...silent,
      error(fields: object, message: string) {
        const { err } = fields as { err?: unknown };
        if (message.includes('is in trouble')) troubles.push(`${message}: ${String(err)}`);
      },
    },
    clock,
    voiceCaPems: [voice.caPem],
    diskFloorBytes: 0,
    send: (message) => setImmediate(carry, message),
  });

  /** The gateway's side: op 4 is answered with fresh credentials. */
  function carry(message: ToApplication): void {
    if (message.type !== 'gateway-send') return;
    const { d } = message.payload as { d: { channel_id: string | null } };
    const session = `fuzz-${++generation}`;
    const state = { user_id: BOT_ID, channel_id: d.channel_id, session_id: session, deaf: false };
    core.receive({ type: 'voice-state', guildId: guildId(0), payload: state });
    if (d.channel_id === null) return;
    connections += 1;
    const ids = { guildId: guildId(0), channelId: channelId(0), userId: BOT_ID };
    voice.expect({ ...ids, sessionId: session, token: session });
    const server = { guild_id: guildId(0), token: session, endpoint: voice.endpoint };
    core.receive({ type: 'voice-server', guildId: guildId(0), payload: server });
  }

  core.receive({ type: 'hello', protocolVersion: PROTOCOL_VERSION });
  core.receive({ type: 'shard', guildId: guildId(0), ready: true });
  const speakers = Array.from({ length: SPEAKERS }, (_, number) => ({
    number,
    ssrc: room.addSpeaker(speakerId(number)).ssrc,
    said: 0,
  }));
  core.receive({
    type: 'start',
    requestId: 'start',
    session: {
      ...{ sessionId: sessionId(0), guildId: guildId(0), channelId: channelId(0), selfUserId: BOT_ID },
      ...{ title: 'Fuzz', startedBy: { userId: '1', displayName: 'Fuzz', bot: false }, people: [] },
      notice: { channelId: channelId(0), messageId: '1', atMs: 0 },
    },
  });
  await until(() => room.connectedUserIds().includes(BOT_ID), 'the recorder has joined');
  const connection = getGroups()
    .values()
    .flatMap((group) => group.values())
    .find(({ joinConfig }) => joinConfig.guildId === guildId(0))!;

  const counts = () => core.counts(sessionId(0)) ?? { received: 0, kept: 0 };
  const socket = () =>
    'networking' in connection.state && 'ws' in connection.state.networking.state
      ? connection.state.networking.state.ws
      : undefined;
  const live = (): boolean =>
    connection.state.status === VoiceConnectionStatus.Ready && room.connectedUserIds().includes(BOT_ID);
  const wire = async (): Promise<VoiceWire> => {
    await until(live, 'the recorder is connected');
    return room.wireTo(BOT_ID);
  };

  /** Posted after everything else; an opcode that nobody knows. */
  async function heard(): Promise<void> {
    for (let marker = 1; ; marker++) {
      const way = await wire();
      const seen = { marker: false };
      const onPacket = (packet: { op?: unknown; d?: unknown } | null): void => {
        seen.marker ||= packet?.op === 200 && packet.d === marker;
      };
      const at = socket();
      at?.on('packet', onPacket as never);
      way.post(JSON.stringify({ op: 200, d: marker }));
      // Nonsense may have cut this WebSocket; then its successor is asked.
      const patienceUntil = performance.now() + 500;
      await until(() => seen.marker || performance.now() > patienceUntil, 'a marker is heard');
      at?.off('packet', onPacket as never);
      if (seen.marker) return;
    }
  }

  /** The recorder has the keys of the present DAVE group. */
  const inGroup = (): boolean => {
    if (room.dave === undefined) return true;
    const code = connection.voicePrivacyCode;
    return (
      code !== undefined &&
      code === room.dave.privacyCode() &&
      room.speakers().every((each) => each.audible())
    );
  };

  const overheard: Buffer[] = [];
  return {
    clock,
    room,
    connection,
    wire,
    counts,
    heard,
    overheard,
    async speak() {
      const way = await wire();
      room.reannounce();
      await heard();
      await until(inGroup, 'the recorder is in the DAVE group');
      await clock.advance(FRAME_US);
      const before = counts().kept;
      for (const speaker of speakers) {
        const opus = opusPacket(speaker.number, speaker.said);
        const payload = room.dave?.encrypt(speakerId(speaker.number), opus) ?? opus;
        const datagram = way.seal(
          buildRtp(
            {
              sequence: speaker.said & 0xffff,
              timestamp: (speaker.said * FRAME_SAMPLES) >>> 0,
              ...{ ssrc: speaker.ssrc, payload, firstOfSpurt: false },
            },
            plainShape,
          ),
        );
        speaker.said += 1;
        overheard.push(datagram);
        await way.send(datagram);
      }
      overheard.splice(0, overheard.length - OVERHEARD);
      await until(() => counts().kept >= before + SPEAKERS, 'every valid packet is kept');
    },
    async close() {
      core.receive({ type: 'stop', requestId: 'stop', sessionId: sessionId(0) });
      await until(() => core.live().length === 0, 'the session is sealed');
      await core.stop();
      const faults: string[] = [...troubles];
      let right = 0;
      const { tracks } = await readSession(path.join(folder, 'sessions', sessionId(0)));
      for (const { number, said } of speakers) {
        const track = tracks.find(({ userId }) => userId === speakerId(number));
        const kept = track === undefined ? [] : await Array.fromAsync(readTrackPackets(track));
        if (kept.length !== said) faults.push(`speaker ${number}: ${kept.length} packets of ${said} on disk`);
        for (const [index, { opus }] of kept.entries())
          if (opusPacket(number, index).equals(opus)) right += 1;
          else if (faults.length < 10) faults.push(`speaker ${number}: packet ${index} is another`);
      }
      if (connections > 50) faults.push(`the recorder joined ${connections} times`);
      await voice.close();
      await rm(folder, { recursive: true, force: true });
      return { faults, right };
    },
  };
}
