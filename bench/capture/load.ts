/** The sending side: a room of the simulated voice server whose speakers' packets are encrypted ahead of time. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { realClock } from '../../src/simulator/clock.ts';
import { buildRtp } from '../../src/simulator/voice/rtp.ts';
import type { RtpPacket } from '../../src/simulator/voice/rtp.ts';
import { createSeal } from '../../src/simulator/voice/transport-crypto.ts';
import { openVoiceSocket } from '../../src/simulator/voice/udp.ts';
import { startVoiceServer } from '../../src/simulator/voice/voice-server.ts';
import type { VoiceRoom } from '../../src/simulator/voice/voice-server.ts';
import {
  BOT_ID,
  channelId,
  guildId,
  opusPacket,
  speakerId,
  speakersOf,
  VOICE_SESSION,
  VOICE_TOKEN,
} from './setting.ts';
import type { Crowd } from './setting.ts';

/** Each speaker sends 50 packets of 20 ms a second. */
export const PACKETS_PER_SECOND = 50;
/** Discord's clients put a header extension on speech (src/simulator/voice/rtp.ts). */
const SHAPE = { extension: true, padding: false, marker: false };
const MODE = 'aead_aes256_gcm_rtpsize';

interface Wire {
  seal(packet: RtpPacket): Buffer;
  send(datagram: Buffer): Promise<void>;
}

interface Speaker {
  number: number;
  userId: string;
  channel: number;
  ssrc: number;
}

interface Departure {
  wire: Wire;
  datagram: Buffer;
}

export interface Load {
  endpoint: string;
  caPem: string;
  /** The floor's key. */
  key: string;
  /** Waits for the receiver, and encrypts `packets` of each speaker for it; `floorPort` when it has no voice gateway. */
  prepare(packets: number, floorPort: number): Promise<Prepared>;
  close(): Promise<void>;
}

export interface Prepared {
  /** Sends what is due, speakers spread evenly over each 20 ms, until every speaker has said `until` packets. */
  send(until: number): Promise<void>;
  /** Datagrams handed to the kernel so far. */
  sent(): number;
}

/** Opens a voice server with a room for each channel; `dave` encrypts end to end as well. */
export async function openLoad(crowd: Crowd, dave: boolean): Promise<Load> {
  const clock = realClock();
  const voice = await startVoiceServer({ clock, modes: [MODE], seed: 1 });
  const speakers: Speaker[] = [];
  const rooms = Array.from({ length: crowd.channels }, (_, channel) => {
    const ids = { guildId: guildId(channel), channelId: channelId(channel) };
    const room = voice.room(ids.guildId, ids.channelId, { daveVersion: dave ? 1 : 0 });
    voice.expect({ ...ids, userId: BOT_ID, sessionId: VOICE_SESSION, token: VOICE_TOKEN });
    for (const number of speakersOf(crowd, channel)) {
      const userId = speakerId(number);
      speakers.push({ number, userId, channel, ssrc: room.addSpeaker(userId).ssrc });
    }
    return room;
  });
  const floorKey = randomBytes(32);
  const floorSocket = await openVoiceSocket(() => undefined);

  async function wireTo(room: VoiceRoom): Promise<Wire> {
    await room.whenConnected(BOT_ID);
    if (dave) await everybodyHasKeys(room, crowd.speakers + 1);
    room.reannounce();
    return room.wireTo(BOT_ID);
  }
  function floorWire(port: number): Wire {
    const to = { address: '127.0.0.1', port };
    return { seal: createSeal(MODE, floorKey), send: (datagram) => floorSocket.send(datagram, to) };
  }

  return {
    endpoint: voice.endpoint,
    caPem: voice.caPem,
    key: floorKey.toString('hex'),
    async prepare(packets, floorPort) {
      const toFloor = floorPort > 0;
      const wires: Wire[] = [];
      for (const room of rooms) wires.push(toFloor ? floorWire(floorPort) : await wireTo(room));
      const departures: Departure[] = [];
      for (let sequence = 0; sequence < packets; sequence++) {
        // Neighbours in time are of different channels, as they would be.
        for (const { number, userId, channel, ssrc } of byPlaceInChannel(speakers, crowd)) {
          const opus = opusPacket(number, sequence);
          const payload = dave && !toFloor ? rooms[channel]!.dave!.encrypt(userId, opus)! : opus;
          const frame = { sequence: sequence & 0xffff, timestamp: sequence * 960, ssrc, payload };
          const wire = wires[channel]!;
          departures.push({ wire, datagram: wire.seal(buildRtp({ ...frame, firstOfSpurt: false }, SHAPE)) });
        }
        // Encrypting a minute of speech takes seconds, in which the WebSocket wants its heartbeats answered.
        if (sequence % 50 === 49) await delay(0);
      }
      return pacer(departures, speakers.length);
    },
    async close() {
      await voice.close();
      await floorSocket.close();
      clock.close();
    },
  };
}

const byPlaceInChannel = (speakers: readonly Speaker[], crowd: Crowd): Speaker[] =>
  speakers.toSorted((a, b) => (a.number % crowd.speakers) - (b.number % crowd.speakers));

/** The receiver and every speaker hold a leaf of the DAVE group, and its keys. */
async function everybodyHasKeys(room: VoiceRoom, members: number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (
    room.dave!.memberUserIds().length < members ||
    !room.speakers().every((speaker) => speaker.audible())
  ) {
    if (performance.now() > deadline) throw new Error('the DAVE group was not complete within 20 s');
    await delay(20);
  }
  // The transition to the last epoch is executed by op 22, which is on its way.
  await delay(500);
}

function pacer(departures: readonly Departure[], speakers: number): Prepared {
  const perMs = (speakers * PACKETS_PER_SECOND) / 1000;
  let startMs: number | undefined;
  let sent = 0;
  return {
    sent: () => sent,
    async send(until) {
      startMs ??= performance.now();
      const end = Math.min(until * speakers, departures.length);
      while (sent < end) {
        const due = Math.min(end, Math.floor((performance.now() - startMs) * perMs));
        let last: Promise<void> | undefined;
        for (; sent < due; sent++) {
          const { wire, datagram } = departures[sent]!;
          last = wire.send(datagram);
        }
        await last;
        await delay(1);
      }
    },
  };
}
