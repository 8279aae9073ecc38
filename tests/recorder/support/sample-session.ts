/** Real session folders for tests, made by the real writer on a clock of their own. */
import type { Clock } from '../../../recorder/clock.ts';
import { opusPacketSamples } from '../../../recorder/ogg/reader.ts';
import { readSession, type RecordedSession, type SealReason } from '../../../recorder/session/reader.ts';
import { openSessionWriter } from '../../../recorder/session/writer.ts';

export interface SampleSpeaker {
  userId: string;
  displayName?: string;
  bot?: boolean;
  /** Each spurt: its packets follow each other without a pause from `startUs` on (session clock). */
  spurts: readonly { startUs: number; packets: readonly Uint8Array[] }[];
  /** Packets (counted over all spurts from 0) that the network loses. */
  lose?: (packet: number) => boolean;
}

export interface SampleSession {
  speakers: readonly SampleSpeaker[];
  markers?: readonly { atUs: number; name: string; byUserId?: string }[];
  /** When the session is sealed; by default when the last packet has ended. */
  durationUs?: number;
  sessionId?: string;
  guildId?: string;
  channelId?: string;
  title?: string;
  startedAtMs?: number;
  /** `false` leaves the folder unsealed, as a crash would (the last 200 ms of each track are missing). */
  seal?: SealReason | false;
}

/** A clock that stands still until it is set. */
export interface ManualClock extends Clock {
  set(us: number): void;
}

export function manualClock(startUs = 0): ManualClock {
  let nowUs = startUs;
  return { nowUs: () => nowUs, set: (us) => (nowUs = us) };
}

interface Happening {
  atUs: number;
  run: () => void;
}

/**
 * Makes a session folder from Opus packets (one per frame, as `readOpusPackets` of recorder/ogg/reader.ts gives them) and
 * reads it back. Packets arrive exactly at their time, from senders whose timestamps run on through silence, so each
 * stands within 1 ms of where the caller put it. An hour of ten speakers takes some seconds.
 *
 *     const packets: Uint8Array[] = [];
 *     for await (const { opus } of readOpusPackets('voice.opus')) packets.push(opus);
 *     const session = await writeSampleSession(folder, {
 *       speakers: [{ userId: '1', displayName: 'Ada', spurts: [{ startUs: 500_000, packets }] }],
 *       markers: [{ atUs: 1_000_000, name: 'Welcome' }],
 *     });
 *
 * @throws when `folder` holds a session already.
 */
export async function writeSampleSession(folder: string, sample: SampleSession): Promise<RecordedSession> {
  const clock = manualClock();
  const { title = 'Sample session', startedAtMs = Date.UTC(2026, 10, 22, 19), seal = 'stop' } = sample;
  const header = {
    sessionId: sample.sessionId ?? '00000000-0000-4000-8000-000000000001',
    guildId: sample.guildId ?? '100',
    channelId: sample.channelId ?? '200',
    title,
    startedAtMs,
    startedByUserId: '300',
  };
  const writer = openSessionWriter(folder, header, clock);
  const happenings: Happening[] = [];
  let endUs = 0;
  for (const [number, speaker] of sample.speakers.entries()) {
    const { userId, displayName = `Speaker ${number + 1}`, bot = false } = speaker;
    writer.person({ userId, displayName, bot });
    for (const packet of timedPackets(speaker, 1000 + number)) {
      endUs = Math.max(endUs, packet.endUs);
      if (!packet.lost) happenings.push({ atUs: packet.arrivalUs, run: () => writer.receive(packet) });
    }
  }
  const marked: Promise<number>[] = [];
  for (const { atUs, name, byUserId = '300' } of sample.markers ?? [])
    happenings.push({ atUs, run: () => marked.push(writer.marker(name, byUserId)) });
  const durationUs = sample.durationUs ?? endUs;
  let tickUs = 0;
  const tickUntil = (us: number) => {
    for (; tickUs <= us; tickUs += 20_000) {
      clock.set(tickUs);
      writer.tick();
    }
    clock.set(us);
  };
  for (const { atUs, run } of happenings.sort((a, b) => a.atUs - b.atUs)) {
    tickUntil(atUs);
    run();
  }
  tickUntil(durationUs);
  await Promise.all(marked);
  if (seal !== false) await writer.seal(seal);
  return await readSession(folder);
}

function* timedPackets({ userId, spurts, lose }: SampleSpeaker, ssrc: number) {
  let sequence = 65_000;
  let number = 0;
  for (const { startUs, packets } of spurts) {
    let samples = 0;
    for (const opus of packets) {
      const arrivalUs = Math.round(startUs + (samples * 125) / 6);
      const timestamp = (Math.round((startUs * 6) / 125) + samples) % 2 ** 32;
      samples += opusPacketSamples(opus) ?? 0;
      const endUs = Math.round(startUs + (samples * 125) / 6);
      const lost = lose?.(number++) ?? false;
      yield { userId, ssrc, sequence: sequence++ & 0xffff, timestamp, arrivalUs, opus, endUs, lost };
    }
  }
}
