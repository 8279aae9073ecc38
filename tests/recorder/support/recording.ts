/** Plays packets into the real writer on a manual clock, and compares what stands in the folder with the truth. */
import type { ReceivedPacket, SealReason } from '../../../recorder/session/model.ts';
import { readOpusPackets } from '../../../recorder/ogg/reader.ts';
import { readTrackPackets, type RecordedTrack } from '../../../recorder/session/reader.ts';
import {
  openSessionWriter,
  type SessionWriter,
  type SessionWriterOptions,
} from '../../../recorder/session/writer.ts';
import { numberOf, type SentPacket } from './network.ts';
import { manualClock, type ManualClock } from './sample-session.ts';

export const HEADER = {
  sessionId: '00000000-0000-4000-8000-000000000002',
  guildId: '100',
  channelId: '200',
  title: 'Test',
  startedAtMs: 1_795_374_000_000,
  startedByUserId: '300',
};

const TICK_US = 20_000;

export interface Recording {
  writer: SessionWriter;
  clock: ManualClock;
  /** Hands packets in at their arrival, with a tick every 20 ms between them. */
  play(packets: readonly ReceivedPacket[]): void;
  /** Lets time pass, with its ticks. */
  until(us: number): void;
  /** Lets time pass at once, as if nothing had been there to tick for. */
  skipTo(us: number): void;
  seal(reason?: SealReason): Promise<void>;
}

export function startRecording(folder: string, options?: SessionWriterOptions): Recording {
  const clock = manualClock();
  const writer = openSessionWriter(folder, HEADER, clock, options);
  let tickUs = 0;
  const until = (us: number) => {
    for (; tickUs <= us; tickUs += TICK_US) {
      clock.set(tickUs);
      writer.tick();
    }
    clock.set(Math.max(us, clock.nowUs()));
  };
  return {
    writer,
    clock,
    until,
    skipTo(us) {
      clock.set(us);
      tickUs = us;
    },
    play(packets) {
      for (const packet of packets) {
        until(packet.arrivalUs);
        writer.receive(packet);
      }
    },
    async seal(reason = 'stop') {
      await writer.seal(reason);
    },
  };
}

export interface PacketError {
  number: number;
  /** Index minus truth. */
  indexUs: number;
  /** File minus index. */
  fileUs: number;
}

/** Each numbered packet's place in the index against the truth, and in the file (by counting) against the index. */
export async function placementErrors(
  track: RecordedTrack,
  sent: readonly SentPacket[],
): Promise<PacketError[]> {
  const inFile = new Map<number, number>();
  for await (const { opus, startSamples } of readOpusPackets(track.opusPath))
    if (opus.length > 3) inFile.set(numberOf(opus), (startSamples * 125) / 6);
  const errors: PacketError[] = [];
  for await (const { startUs, opus } of readTrackPackets(track)) {
    if (opus.length <= 3) continue;
    const number = numberOf(opus);
    errors.push({
      number,
      indexUs: startUs - sent[number]!.trueUs,
      fileUs: inFile.get(number)! - startUs,
    });
  }
  return errors;
}

export interface Spread {
  mean: number;
  sd: number;
  p5: number;
  p95: number;
  /** Furthest from the mean. */
  worst: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const sd = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]! - mean;
  return { mean, sd, p5: at(0.05), p95: at(0.95), worst: Math.max(mean - sorted[0]!, sorted.at(-1)! - mean) };
}
