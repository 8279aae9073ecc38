/** A speaker behind a bad network, deterministic by seed: what was sent when, and what of it arrives when. */
import { SILENCE_20_MS } from '../../../recorder/ogg/opus-packet.ts';
import type { ReceivedPacket } from '../../../recorder/session/model.ts';

/** Uniform numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Conditions {
  /** Share of packets lost. */
  loss: number;
  /** Mean of the exponential delay, microseconds; large ones reorder. */
  jitterUs: number;
  /** Share of packets that come twice. */
  duplicates: number;
  /** How much slower than the session's the sender's clock runs: 60 is 60 ppm. */
  driftPpm: number;
  /** Timestamps run on through silence, or advance only per packet. */
  timestamps: 'runOn' | 'perPacket';
}

export const PERFECT: Conditions = { loss: 0, jitterUs: 0, duplicates: 0, driftPpm: 0, timestamps: 'runOn' };

export interface Talk {
  /** When each spurt begins on the session clock, and how many packets it has. */
  spurts: readonly { startUs: number; packets: number }[];
  userId?: string;
  ssrc?: number;
  /** First RTP sequence number and timestamp. */
  sequence?: number;
  timestamp?: number;
  /** Length of each packet, and the table of contents byte that says so. */
  samples?: number;
  toc?: number;
  /** Size of each packet of speech. */
  opusBytes?: number;
  /** Packets of silence that follow each spurt, as Discord's clients and bots send five (20 ms each). */
  silenceFrames?: number;
}

export interface SentPacket {
  /** When it was spoken: the truth. */
  trueUs: number;
  lost: boolean;
  received: ReceivedPacket;
}

/** Carries the number of the packet, so that each can be told from all others. */
export function numberedOpus(number: number, toc = 0xf8, bytes = 24): Uint8Array {
  const opus = new Uint8Array(bytes).fill(0x55);
  opus[0] = toc;
  new DataView(opus.buffer).setUint32(1, number);
  return opus;
}

export const numberOf = (opus: Uint8Array): number =>
  new DataView(opus.buffer, opus.byteOffset, opus.byteLength).getUint32(1);

/** Everything a speaker sends, with when it arrives. Lost packets are in the list as well, marked. */
export function send(talk: Talk, conditions: Conditions, random: () => number): SentPacket[] {
  const {
    spurts,
    userId = '1',
    ssrc = 1,
    sequence = 0,
    timestamp = 0,
    samples = 960,
    toc = 0xf8,
    opusBytes = 24,
    silenceFrames = 0,
  } = talk;
  const clockRate = 1 + conditions.driftPpm * 1e-6;
  const packetUs = ((samples * 125) / 6) * clockRate;
  const sent: SentPacket[] = [];
  for (const spurt of spurts) {
    for (let index = 0; index < spurt.packets + silenceFrames; index++) {
      const number = sent.length;
      const trueUs = spurt.startUs + index * packetUs;
      const delayUs = conditions.jitterUs === 0 ? 0 : -Math.log(1 - random()) * conditions.jitterUs;
      const ticks =
        conditions.timestamps === 'perPacket' ? number * samples : Math.round((trueUs / clockRate) * 0.048);
      const received = {
        userId,
        ssrc,
        sequence: (sequence + number) & 0xffff,
        timestamp: (timestamp + ticks) % 2 ** 32,
        arrivalUs: Math.round(trueUs + delayUs),
        opus: index < spurt.packets ? numberedOpus(number, toc, opusBytes) : SILENCE_20_MS,
      };
      sent.push({ trueUs, lost: random() < conditions.loss, received });
    }
  }
  return sent;
}

/** What comes out of the network, in the order of arrival. */
export function arrivals(
  sent: readonly SentPacket[],
  { duplicates }: Pick<Conditions, 'duplicates'>,
  random: () => number,
): ReceivedPacket[] {
  const came = sent.filter((packet) => !packet.lost).map((packet) => packet.received);
  const twice = came
    .filter(() => random() < duplicates)
    .map((packet) => ({ ...packet, arrivalUs: packet.arrivalUs + Math.round(random() * 50_000) }));
  return [...came, ...twice].sort((a, b) => a.arrivalUs - b.arrivalUs);
}

/** A conversation: spurts of 1 to 8 s with pauses of 0.3 to 20 s until `durationUs`. */
export function conversation(
  durationUs: number,
  random: () => number,
): { startUs: number; packets: number }[] {
  const spurts = [];
  for (let atUs = Math.round(random() * 5e6); ;) {
    const packets = 50 + Math.floor(random() * 350);
    if (atUs + packets * 20_000 > durationUs) return spurts;
    spurts.push({ startUs: atUs, packets });
    atUs += packets * 20_000 + 300_000 + Math.floor(random() * 19_700_000);
  }
}
