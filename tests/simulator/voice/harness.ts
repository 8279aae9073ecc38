/** The real @discordjs/voice against the simulated voice server: an adapter that plays the main gateway itself. */
import { randomUUID } from 'node:crypto';
import tls from 'node:tls';
import { joinVoiceChannel, VoiceConnectionStatus, type VoiceConnection } from '@discordjs/voice';
import { afterEach, expect } from 'vitest';
import { manualClock, type ManualClock } from '../../../src/simulator/clock.ts';
import {
  startVoiceServer,
  type EncryptionMode,
  type RoomOptions,
  type SimSpeaker,
  type VoiceRoom,
  type VoiceServer,
} from '../../../src/simulator/voice/voice-server.ts';

export interface Bot {
  readonly userId: string;
  readonly connection: VoiceConnection;
  /** Packets by user, as the stock receiver gives them. */
  readonly heard: Map<string, Buffer[]>;
  ready(): boolean;
  /** Times that the bot asked the main gateway to join (op 4). */
  joins(): number;
  listenTo(userId: string): void;
  /** A fresh session and token in both updates, as after a new voice server or a new main-gateway session. */
  announceServer(): void;
  leave(): void;
}

export interface Place {
  readonly voice: VoiceServer;
  readonly guildId: string;
  readonly channelId: string;
}

/** Waits on the event loop until `condition` holds; for what the other side of a socket does in its own time. */
export async function until(condition: () => boolean, what: string, limitMs = 8_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain until ${what}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function trust(voice: VoiceServer): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), voice.caPem]);
}

export function joinAsBot({ voice, guildId, channelId }: Place, userId = '900000000000000001'): Bot {
  trust(voice);
  const heard = new Map<string, Buffer[]>();
  let joins = 0;
  let announceServer = (): void => undefined;
  const connection = joinVoiceChannel({
    guildId,
    channelId,
    selfDeaf: false,
    group: randomUUID(),
    adapterCreator: (methods) => {
      announceServer = () => {
        const sessionId = randomUUID();
        const token = randomUUID();
        voice.expect({ guildId, channelId, userId, sessionId, token });
        methods.onVoiceStateUpdate({
          ...{ guild_id: guildId, channel_id: channelId, user_id: userId, session_id: sessionId },
          ...{ deaf: false, mute: false, self_deaf: false, self_mute: false, self_video: false },
          ...{ suppress: true, request_to_speak_timestamp: null },
        });
        methods.onVoiceServerUpdate({ guild_id: guildId, token, endpoint: voice.endpoint });
      };
      return {
        sendPayload(payload: { d: { channel_id: string | null } }) {
          if (payload.d.channel_id !== null) {
            joins += 1;
            setImmediate(announceServer);
          }
          return true;
        },
        destroy: () => undefined,
      };
    },
  });
  connection.on('error', () => undefined);
  return {
    userId,
    connection,
    heard,
    ready: () => connection.state.status === VoiceConnectionStatus.Ready,
    joins: () => joins,
    listenTo(speakerId) {
      const packets: Buffer[] = [];
      heard.set(speakerId, packets);
      connection.receiver.subscribe(speakerId).on('data', (packet: Buffer) => packets.push(packet));
    },
    announceServer: () => announceServer(),
    leave: () => connection.destroy(),
  };
}

/** Distinct packets of 160 bytes: TOC FC (CELT, fullband, 20 ms, stereo), speaker and place in the rest. */
export function speech(count: number, seed = 0): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const packet = Buffer.alloc(160, (index * 7 + seed * 31) & 0xff);
    packet[0] = 0xfc;
    packet.writeUInt32BE((seed << 16) | index, 1);
    return packet;
  });
}

const guildId = '100000000000000001';
const channelId = '200000000000000001';
export const ANN = '300000000000000001';
export const BEN = '300000000000000002';
export const CAT = '300000000000000003';

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export interface Hall {
  readonly clock: ManualClock;
  readonly voice: VoiceServer;
  readonly room: VoiceRoom;
  /** Another bot user, joined and ready. */
  join(userId?: string): Promise<Bot>;
}

/** A voice server with one empty room on a manual clock; closed after the test. */
export async function openHall(options: RoomOptions & { modes?: EncryptionMode[] } = {}): Promise<Hall> {
  const { modes, ...roomOptions } = options;
  const clock = manualClock();
  const voice = await startVoiceServer({ clock, ...(modes ? { modes } : {}) });
  open.push(() => voice.close());
  return {
    clock,
    voice,
    room: voice.room(guildId, channelId, roomOptions),
    async join(userId) {
      const bot = joinAsBot({ voice, guildId, channelId }, userId);
      open.push(() => bot.leave());
      await until(() => bot.ready(), 'the bot is ready');
      return bot;
    },
  };
}

/** The stock receiver drops packets of SSRCs that op 5 has not named: announces all, and waits until it has them. */
export async function acquaint(bot: Bot, room: VoiceRoom): Promise<void> {
  room.reannounce();
  for (const { userId, ssrc } of room.speakers()) {
    if (!bot.heard.has(userId)) bot.listenTo(userId);
    await until(() => bot.connection.receiver.ssrcMap.get(ssrc) !== undefined, 'op 5 has arrived');
  }
}

export const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

/** Lets the speakers say `count` packets and five silence frames at once; the bot must hear each, byte for byte. */
export async function expectHeard(
  { clock, room }: Pick<Hall, 'clock' | 'room'>,
  bot: Bot,
  speakers: readonly SimSpeaker[] = room.speakers(),
  count = 100,
): Promise<void> {
  await acquaint(bot, room);
  for (const { userId } of speakers) bot.heard.get(userId)!.length = 0;
  const said = speakers.map((speaker, index) => speaker.speak(speech(count, index)));
  await clock.advance((count + 6) * 20_000);
  for (const { packets, unsent } of await Promise.all(said))
    expect({ packets, unsent }).toEqual({ packets: count + 5, unsent: 0 });
  for (const [index, { userId }] of speakers.entries()) {
    const heard = bot.heard.get(userId)!;
    await until(() => heard.length >= count + 5, `all of ${userId} is heard`);
    expect(heard).toEqual([...speech(count, index), ...Array.from({ length: 5 }, () => SILENCE)]);
  }
}
