/**
 * Hours of a live session on a clock of its own, all of it but the sockets: datagrams through the tap into a session folder,
 * with loss, jitter, speakers who come back with another SSRC, who opt out and in, strangers and forgeries. Memory is read after a forced collection.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openLiveSession } from '../../recorder/live-session.ts';
import { nodeFiles } from '../../recorder/session/files.ts';
import { createTurns } from '../../recorder/turns.ts';
import { createGatewayLine } from '../../recorder/voice/gateway-line.ts';
import type { LegFacts } from '../../recorder/voice/leg.ts';
import { createSsrcTable } from '../../recorder/voice/ssrc-table.ts';
import { createTap, noCounts } from '../../recorder/voice/tap.ts';
import { createTransportCipher } from '../../recorder/voice/transport-cipher.ts';
import type { VoiceLink, VoiceLinkOptions } from '../../recorder/voice/voice-link.ts';
import { seededRandom } from '../../src/simulator/voice/faults.ts';
import { buildRtp } from '../../src/simulator/voice/rtp.ts';
import { createSeal } from '../../src/simulator/voice/transport-crypto.ts';
import { manualClock } from '../../src/simulator/clock.ts';
import { BOT_ID, channelId, guildId, sessionId, speakerId } from './setting.ts';

export interface MemorySetting {
  folder: string;
  hours: number;
  /** Simulated time between two readings. */
  everyMinutes: number;
}

export interface MemoryReading {
  hour: number;
  heapMb: number;
  rssMb: number;
  /** Packets kept so far. */
  packets: number;
}

const MODE = 'aead_aes256_gcm_rtpsize';
const SHAPE = { extension: true, padding: false, marker: false };
const SPEAKERS = 4;
const FRAME_US = 20_000;
const TICK_US = 20_000;
const LOSS = 0.01;
const JITTER_MEAN_US = 5_000;
/** A new voice server now and then gives everybody another SSRC. */
const SERVER_LASTS_US = 20 * 60 * 1_000_000;
const PAYLOAD_BYTES = 80;

interface Speaker {
  userId: string;
  ssrc: number;
  sequence: number;
  firstTimestamp: number;
  /** Until then silent, or speaking. */
  speaking: boolean;
  untilUs: number;
}

/** @returns the readings, the first of them before anything was said. */
export async function readMemory(
  { folder, hours, everyMinutes }: MemorySetting,
  collect: () => void,
): Promise<MemoryReading[]> {
  const random = seededRandom(5);
  const clock = manualClock();
  const key = randomBytes(32);
  const seal = createSeal(MODE, key);
  const cipher = createTransportCipher(MODE, key);
  const ssrcs = createSsrcTable();
  const link = { counts: noCounts() };
  let tell: VoiceLinkOptions['onEvent'] = () => undefined;
  let speaking: LegFacts['speaking'] = () => undefined;
  /** A voice connection without sockets: what comes in goes through the real tap. */
  function openLink(options: VoiceLinkOptions): VoiceLink {
    const { nowUs, refuses, mayKeep, facts } = options;
    const tap = createTap(
      {
        ...{ nowUs, refuses, mayKeep, ...facts },
        cipher: () => cipher,
        userOf: (ssrc) => ssrcs.userOf(ssrc, nowUs()),
        dave: () => undefined,
        formerDave: () => undefined,
        daveOpened: () => undefined,
      },
      options.emit,
    );
    receive = (datagram) => tap.receive(datagram);
    tell = options.onEvent;
    speaking = facts.speaking;
    link.counts = tap.counts;
    return {
      channelId: () => channelId(0),
      receiving: () => true,
      takeState: () => undefined,
      takeServer: () => undefined,
      gatewayBack: () => undefined,
      counts: () => tap.counts,
      canRejoin: () => true,
      recover: () => undefined,
      play: () => Promise.resolve(),
      tick: () => tap.expire(),
      close: () => tap.close(),
    };
  }
  let receive: (datagram: Buffer) => void = () => undefined;
  const people = Array.from({ length: SPEAKERS }, (_, number) => ({
    ...{ userId: speakerId(number), displayName: `Speaker ${number}`, bot: false },
  }));
  const silent = () => undefined;
  const session = openLiveSession({
    request: {
      ...{ sessionId: sessionId(0), guildId: guildId(0), channelId: channelId(0), selfUserId: BOT_ID },
      ...{ title: 'Bench', startedBy: people[0]!, people },
      notice: { channelId: channelId(0), messageId: '1', atMs: 0 },
    },
    ...{ folder, scratch: false, inTurn: createTurns(), clock, files: nodeFiles, openLink, group: '' },
    line: createGatewayLine({ send: silent, nowMs: () => clock.nowUs() / 1000 }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...{ reconnectLimitMs: 600_000, onWarning: silent, onDiskFull: silent, onEnd: silent },
  });
  tell({ type: 'ready', change: 'joined' });
  const speakers = Array.from({ length: SPEAKERS }, (_, number): Speaker => ({
    userId: speakerId(number),
    ssrc: 0,
    sequence: 0,
    firstTimestamp: 0,
    speaking: false,
    untilUs: 0,
  }));
  /** Under way: datagrams by the tick in which they arrive. */
  const arriving = new Map<number, Buffer[]>();
  const arrive = (atUs: number, datagram: Buffer): void => {
    const tick = Math.ceil(atUs / TICK_US);
    const others = arriving.get(tick);
    if (others === undefined) arriving.set(tick, [datagram]);
    else others.push(datagram);
  };
  const datagramOf = (speaker: Speaker, ssrc: number, atUs: number): Buffer => {
    const payload = randomBytes(PAYLOAD_BYTES);
    payload[0] = 0xfc;
    const timestamp = (speaker.firstTimestamp + Math.round(atUs * 0.048)) >>> 0;
    return seal(
      buildRtp({ sequence: speaker.sequence, timestamp, ssrc, payload, firstOfSpurt: false }, SHAPE),
    );
  };
  let servers = 0;
  const newServer = (): void => {
    servers += 1;
    // Handed over, or lost for a moment, with somebody who opts out until the next but one.
    if (servers % 2 === 0) tell({ type: 'lost', closeCode: 4015, agoUs: 0 });
    tell({ type: 'ready', change: servers % 2 === 0 ? 'rejoined' : 'handed-over' });
    if (servers % 3 === 0) session.consent(speakerId(0), servers % 6 === 0);
    session.person({ ...people[1]!, displayName: `Speaker 1, the ${servers}.` });
    for (const speaker of speakers) {
      ssrcs.left(speaker.userId, clock.nowUs());
      speaker.ssrc = Math.floor(random() * 2 ** 32);
      speaker.sequence = Math.floor(random() * 2 ** 16);
      speaker.firstTimestamp = Math.floor(random() * 2 ** 32);
      ssrcs.map(speaker.ssrc, speaker.userId);
    }
  };
  const speak = (speaker: Speaker, atUs: number): void => {
    if (atUs >= speaker.untilUs) {
      speaker.speaking = !speaker.speaking;
      speaking(speaker.userId, speaker.speaking);
      speaker.untilUs = atUs + (speaker.speaking ? 1e6 + random() * 8e6 : 0.5e6 + random() * 20e6);
    }
    if (!speaker.speaking) return;
    const datagram = datagramOf(speaker, speaker.ssrc, atUs);
    speaker.sequence = (speaker.sequence + 1) & 0xffff;
    if (random() >= LOSS) arrive(atUs - Math.log(1 - random()) * JITTER_MEAN_US, datagram);
    // A stranger, a forgery, and what is no voice at all.
    if (random() < 0.002) arrive(atUs, datagramOf(speaker, Math.floor(random() * 2 ** 32), atUs));
    if (random() < 0.002) arrive(atUs, Buffer.concat([datagram.subarray(0, 40), randomBytes(60)]));
    if (random() < 0.002) arrive(atUs, randomBytes(Math.floor(random() * 300)));
  };

  const readings: MemoryReading[] = [];
  const read = (atUs: number): void => {
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    const packets = link.counts.kept;
    readings.push({
      hour: atUs / 3.6e9,
      heapMb: (heapUsed + external) / 2 ** 20,
      rssMb: rss / 2 ** 20,
      packets,
    });
  };
  const endUs = hours * 3.6e9;
  for (let tick = 0, atUs = 0; atUs <= endUs; tick++, atUs = tick * TICK_US) {
    await clock.advance(atUs - clock.nowUs());
    if (atUs % (everyMinutes * 60e6) === 0) read(atUs);
    if (atUs % SERVER_LASTS_US === 0) newServer();
    if (atUs % FRAME_US === 0) for (const speaker of speakers) speak(speaker, atUs);
    for (const datagram of arriving.get(tick) ?? []) receive(datagram);
    arriving.delete(tick);
    session.tick();
    if (tick % 50 === 0) session.status();
    // Syncs end on the event loop.
    if (tick % 500 === 0) await nextTurn();
  }
  await session.stop('stop');
  await rm(folder, { recursive: true, force: true });
  return readings;
}

/** Least-squares growth of the later readings, megabytes an hour: what is learned at the start is no growth. */
export function growthAnHour(readings: readonly MemoryReading[], of: 'heapMb' | 'rssMb'): number {
  const later = readings.slice(Math.ceil(readings.length / 4));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const hour = mean(later.map((reading) => reading.hour));
  const level = mean(later.map((reading) => reading[of]));
  const covariance = mean(later.map((reading) => (reading.hour - hour) * (reading[of] - level)));
  return covariance / mean(later.map((reading) => (reading.hour - hour) ** 2));
}
