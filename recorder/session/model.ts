/** What a session folder holds, in the words of the house. All `...Us` are microseconds on the session clock. */

/** Why a track has a hole. */
export type GapReason =
  | 'loss'
  | 'undecryptable'
  | 'unmapped'
  | 'deaf'
  | 'reconnect'
  | 'crash'
  | 'disk'
  | 'paused'
  | 'consent'
  /** A moderator had moved the bot into another channel, and it recorded there. */
  | 'elsewhere';

/**
 * A run of packets with nothing missing between them: one record of the index. The k-th packet starts at `startUs` plus
 * `endUs - startUs` times its share of the run's audio before it; the two points differ from the audio's own length
 * only by the drift of the speaker's clock. Two runs that touch (`endUs` = next `startUs`) are one stretch of speech.
 */
export interface Spurt {
  startUs: number;
  endUs: number;
  packets: number;
  /** Where the Ogg page begins whose first packet is the first of this run. */
  byteOffset: number;
}

export interface RecordedTrack {
  /** From 1, in the order of first packets; names the files. */
  number: number;
  userId: string;
  displayName: string;
  bot: boolean;
  /** Absolute path of the Ogg Opus file. */
  opusPath: string;
  /** Packets that came in and were kept; fill is not counted. */
  packets: number;
  /** Packets that never came, by sequence number. */
  lost: number;
  spurts: Spurt[];
}

export interface Marker {
  atUs: number;
  name: string;
  byUserId: string;
}

export interface Gap {
  /** Number of the track, or 0 for every track at once. */
  track: number;
  startUs: number;
  endUs: number;
  reason: GapReason;
}

/** Why a session ended: `recovered` is a repair after a crash. */
export type SealReason =
  | 'stop'
  | 'shutdown'
  | 'disconnected'
  | 'recovered'
  | 'disk-full'
  /** A moderator took the bot out of the channel; the channel was deleted; the bot is not in the server any more. */
  | 'removed'
  | 'channel-gone'
  | 'server-gone'
  /** Nobody was left in the channel, nobody spoke for long, it had run for as long as the settings allow. */
  | 'empty'
  | 'silence'
  | 'max-length'
  /** The people in a channel that it was moved to could not be told of it. */
  | 'untold';

/** One entry of the ledger: who was told, who said no, who said yes again. */
export interface ConsentEntry {
  atUs: number;
  event: 'told' | 'refused' | 'allowed';
  userIds: string[];
}

/** A sound that no microphone sent: the soundboard's, or a reaction's. */
export interface SoundEffect {
  atUs: number;
  userId: string;
  name: string;
}

export interface RecordedSession {
  folder: string;
  sessionId: string;
  guildId: string;
  channelId: string;
  title: string;
  /** Time of day of session clock 0, milliseconds since 1970. */
  startedAtMs: number;
  startedByUserId: string;
  durationUs: number;
  sealed: boolean;
  tracks: RecordedTrack[];
  markers: Marker[];
  gaps: Gap[];
  /** Who was told of the recording, and who did not want to be recorded, in order. */
  consent: ConsentEntry[];
  soundEffects: SoundEffect[];
  /** How many tracks were destroyed at their speakers' wish. */
  erasedTracks: number;
}

/** One packet that came in, at its exact place. */
export interface PlacedPacket {
  startUs: number;
  /** Length of its audio by its table of contents byte. */
  durationUs: number;
  opus: Uint8Array;
}

export interface SessionHeader {
  sessionId: string;
  guildId: string;
  channelId: string;
  title: string;
  startedAtMs: number;
  startedByUserId: string;
}

export interface SessionPerson {
  userId: string;
  displayName: string;
  bot: boolean;
}

/** One RTP packet after decryption. */
export interface ReceivedPacket {
  userId: string;
  ssrc: number;
  /** 16 bit, as it came. */
  sequence: number;
  /** 32 bit, 48 kHz, as it came. */
  timestamp: number;
  /** When it came, on the injected Clock (not the session clock); it may lie up to 5 s back. */
  arrivalUs: number;
  /** Null when it came but cannot be kept; then `reason` says why (default `undecryptable`). */
  opus: Uint8Array | null;
  reason?: GapReason;
}

/** One file of the manifest. */
export interface SealedFile {
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

export interface ManifestTrack {
  number: number;
  userId: string;
  displayName: string;
  bot: boolean;
  packets: number;
  lost: number;
  spurts: number;
  /** Audio that came in, without fill. */
  audioUs: number;
  opus: SealedFile;
  index: SealedFile;
}

/** manifest.json, written once when a session is sealed. */
export interface Manifest {
  version: 1;
  sessionId: string;
  guildId: string;
  channelId: string;
  title: string;
  startedAtMs: number;
  durationUs: number;
  reason: SealReason;
  /** Tracks destroyed at their speakers' wish; left out when there are none. */
  erasedTracks?: number;
  tracks: ManifestTrack[];
  markers: Marker[];
  gaps: Gap[];
  journal: SealedFile;
}
