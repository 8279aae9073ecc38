/** What the two sides of the bench agree on: the process that sends (capture.ts) and the one that receives. */

/** One bot in one or several channels, each in a server of its own, as Discord has it. */
export interface Crowd {
  channels: number;
  /** In each channel. */
  speakers: number;
}

export const guildId = (channel: number): string => String(100_000_000_000_000_000n + BigInt(channel));
export const channelId = (channel: number): string => String(200_000_000_000_000_000n + BigInt(channel));
export const sessionId = (channel: number): string =>
  `00000000-0000-4000-8000-${String(channel).padStart(12, '0')}`;
export const BOT_ID = '900000000000000001';
/** What both gateways' updates name; each run has a voice server of its own. */
export const VOICE_SESSION = 'bench-session';
export const VOICE_TOKEN = 'bench-token';

export const PACKET_BYTES = 160;
/** Speakers are numbered through all channels. */
export const speakerId = (speaker: number): string => String(300_000_000_000_000_000n + BigInt(speaker));
/** Numbers of a channel's speakers. */
export const speakersOf = ({ speakers }: Crowd, channel: number): number[] =>
  Array.from({ length: speakers }, (_, index) => channel * speakers + index);

/** `ours` is the whole recorder, `stock` is `receiver.subscribe()`, `floor` the least that any receiver must do. */
export type PathName = 'ours' | 'stock' | 'floor';

export interface ReceiverSetting {
  path: PathName;
  /** Where it may write; removed by whoever made it. */
  folder: string;
  crowd: Crowd;
  /** The voice gateway, or nothing for the floor. */
  endpoint: string;
  caPem: string;
  /** The floor's own key, in hexadecimal. */
  key: string;
  /** A CPU profile of the measured window is written here. */
  profileFolder?: string | undefined;
}

export type ToReceiver =
  | { type: 'open'; setting: ReceiverSetting }
  | { type: 'look' }
  /** Blocks the event loop. */
  | { type: 'stall'; ms: number }
  | { type: 'close' };

export interface Usage {
  /** User and system time of the whole process so far, microseconds. */
  cpuUs: number;
  /** Datagrams that were handed to our code so far. */
  received: number;
  rssBytes: number;
  /** The event loop stood still this long at most, milliseconds. */
  longestStallMs: number;
  /** And so long in all, stalls of less than 20 ms left out. */
  stalledMs: number;
}

export type FromReceiver =
  | { type: 'opened'; port: number; applicationPid: number }
  | ({ type: 'usage' } & Usage)
  /** Of `onDisk` packets each is whole and stands there once, read back after everything was closed. */
  | { type: 'closed'; onDisk: number; notes: string[] };

/** What a path's receiver does for receiver.ts. */
export interface Receiver {
  port: number;
  applicationPid: number;
  received(): number;
  /** Ends the recording. @returns how many packets stand on the disk. */
  close(): Promise<number>;
  notes: string[];
}

/** Packet `number` of a speaker: 20 ms CELT stereo by its first byte (RFC 6716 section 3.1), then who and which. */
export function opusPacket(speaker: number, number: number): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES, (number * 7 + speaker * 31) & 0xff);
  packet[0] = 0xfc;
  packet.writeUInt32BE(speaker, 1);
  packet.writeUInt32BE(number, 5);
  return packet;
}
