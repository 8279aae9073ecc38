/** The types that users of the voice server code against: server, room, speaker and their switches. */
import type { SimClock } from '../clock.ts';
import type { NetworkFaults } from './faults.ts';
import type { PacketShape, RtpPacket } from './rtp.ts';
import type { Truth } from './truth.ts';

export type EncryptionMode = 'aead_aes256_gcm_rtpsize' | 'aead_xchacha20_poly1305_rtpsize';

export interface VoiceServerOptions {
  readonly clock: SimClock;
  /** Transport modes in the order offered; @discordjs/voice takes the first it knows. Both by default. */
  readonly modes?: readonly EncryptionMode[];
  /** Makes losses, SSRCs, first sequence numbers and timestamps repeatable. */
  readonly seed?: number;
  /** 41250 by default, the documented example. */
  readonly heartbeatIntervalMs?: number;
  /** How long a connection whose WebSocket broke may resume, on the simulation clock; 60 s by default. */
  readonly resumeWindowUs?: number;
  /** Leaves a connection open whose client sends what no server would take, for runs that feed it nonsense. */
  readonly forgiving?: boolean;
}

/** What the main gateway told one user in VOICE_STATE_UPDATE and VOICE_SERVER_UPDATE. */
export interface VoiceCredentials {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
}

export interface GatewayFaults {
  /** A resume is confirmed (op 9) only after what was missed was sent again. */
  resumedLate: boolean;
  /** How long a client that identifies waits for its op 2, in microseconds. */
  readyDelayUs: number;
}

export interface VoiceServer {
  /** `localhost:PORT`, as VOICE_SERVER_UPDATE names it. */
  readonly endpoint: string;
  /** The self-signed certificate, to be trusted by `tls.setDefaultCACertificates` in the client's process. */
  readonly caPem: string;
  /** Faults of every room. Change its fields at any time. */
  readonly faults: NetworkFaults;
  /** Packet shapes of every room. Change its fields at any time. */
  readonly shape: PacketShape;
  /** What the voice gateway does wrong. Change its fields at any time. */
  readonly gatewayFaults: GatewayFaults;
  /** The room of a channel, made at the first call. `daveVersion` 1 is a voice channel, 0 (default) a stage. */
  readonly room: (guildId: string, channelId: string, options?: RoomOptions) => VoiceRoom;
  /** Lets a connection in that identifies with these. The newest of a user in a guild replace the older ones. */
  readonly expect: (credentials: VoiceCredentials) => void;
  /**
   * Closes the user's connections (in one guild, or all) with a close code. 4015 and 1006 leave them to resume; any
   * other takes them out of their rooms.
   */
  readonly disconnect: (userId: string, closeCode: number, guildId?: string) => void;
  /** Cuts the user's WebSockets without a close frame (the client sees 1006); audio goes on, and op 7 resumes. */
  readonly dropWebSocket: (userId: string, guildId?: string) => void;
  /** Stops speakers, cuts WebSockets (destroy clients first, or they try to resume), then TLS server and UDP socket. */
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly daveVersion?: 0 | 1;
  /** Who commits when both could: simulated members (default, deterministic) or the connection (the bot creates the group). */
  readonly committer?: 'members' | 'connection';
}

export interface VoiceRoom {
  readonly guildId: string;
  readonly channelId: string;
  readonly truth: Truth;
  /** Override the server's for this room. */
  readonly faults: Partial<NetworkFaults>;
  readonly shape: Partial<PacketShape>;
  /** Users with a connection that has its session description (op 4). */
  connectedUserIds(): string[];
  /** Resolves when the user's connection has its session description, at once if it has. */
  whenConnected(userId: string): Promise<void>;
  /** A simulated member joins the room. Throws if the user is in it. */
  addSpeaker(userId: string, options?: SpeakerOptions): SimSpeaker;
  speaker(userId: string): SimSpeaker | undefined;
  speakers(): SimSpeaker[];
  /**
   * No audio goes to the user's connections, however much is said: until the present one is resumed, until there is
   * another (its UDP address has changed, as when a NAT forgets a mapping), or until it is lifted.
   */
  deafen(userId: string, until: 'resumed' | 'replaced' | 'lifted'): void;
  undeafen(userId: string): void;
  /** Sends op 11 and op 5 again for everybody, withheld ones too, as Discord sometimes repeats them. */
  reannounce(): void;
  /** What a client said and the others could hear: sent after its op 5, and decrypted as a member of the room does. */
  heardFrom(userId: string): readonly HeardPacket[];
  /** The way to the user's connection, past speakers and truth. Throws while there is none with a session description. */
  wireTo(userId: string): VoiceWire;
  /** The DAVE group, in a voice channel. */
  readonly dave: RoomDave | undefined;
}

export interface HeardPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly opus: Uint8Array;
}

/** What reaches one connection: for loads that are encrypted ahead of time, and for nonsense that nobody would say. */
export interface VoiceWire {
  /** The datagram of a packet under this connection's key. */
  seal(packet: RtpPacket): Buffer;
  /** Resolves when the bytes were handed to the socket. */
  send(datagram: Buffer): Promise<void>;
  /** A message of the voice gateway as it is, outside the numbered ones; lost while no WebSocket is there. */
  post(frame: string | Buffer): void;
}

/** What goes wrong between the voice gateway and clients' connections; simulated members are spared. Change at any time. */
export interface DaveFaults {
  /** Connections are told commits (op 29) that name the epoch before: none can follow. */
  staleCommits: boolean;
  /** Who is not told to execute a transition (op 22): connections, or everybody, so that nothing comes into force. */
  unexecuted: 'none' | 'connections' | 'all';
}

export interface RoomDave {
  readonly faults: DaveFaults;
  /** What the member would send for this packet; undefined while it has no key. */
  encrypt(userId: string, opus: Uint8Array): Uint8Array | undefined;
  /** The protocol version in force: what op 4 tells. */
  version(): 0 | 1;
  /** Down to transport encryption (ops 21, 23, 22), as when a client without DAVE joins, or up again (op 24, new group). */
  readonly setVersion: (version: 0 | 1) => void;
  /** 0n until the group is established. */
  epoch(): bigint;
  /** Members of the established group by leaf, blanks left out. */
  memberUserIds(): string[];
  /** The privacy code that simulated members see; equal to the bot's `connection.voicePrivacyCode`. */
  privacyCode(): string | undefined;
}

/** `client`: RTP timestamps run on through silence (Discord's own clients). `bot`: they advance only per packet (discord.js). */
export type SenderKind = 'client' | 'bot';

export interface SpeakerOptions {
  readonly sender?: SenderKind;
  readonly faults?: Partial<NetworkFaults>;
  readonly shape?: Partial<PacketShape>;
  /** Random by default; near 65535 or 2^32 to see them wrap. */
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  /** How fast the sender's clock runs against the simulation clock, in parts per million. */
  readonly clockPpm?: number;
  /** When op 5 tells connections of this speaker's SSRC: at their first speech (0, default), later, or never. */
  readonly announceDelayUs?: number | 'never';
}

export interface SpeakOptions {
  /** Simulation clock; default is now, or when the utterance before it has ended. A time that has passed means now. */
  readonly startUs?: number;
  /** F8 FF FE frames that end the spurt; 5 by default. */
  readonly silenceFrames?: number;
}

export interface Utterance {
  readonly spurt: number;
  /** Place of the first packet, and the end of the last one before the silence frames. */
  readonly startUs: number;
  readonly endUs: number;
  /** Packets handed to the network, silence frames included. */
  readonly packets: number;
  /** Packets that could not be sent, because the speaker had no DAVE key yet. */
  readonly unsent: number;
}

export interface SimSpeaker {
  readonly userId: string;
  readonly ssrc: number;
  readonly faults: Partial<NetworkFaults>;
  readonly shape: Partial<PacketShape>;
  /** Spoils the DAVE encryption of what is sent while true: nobody can decrypt it. No effect in a stage. */
  garbled: boolean;
  /** Can be heard now: always in a stage; in a voice channel once the DAVE group has this member's key. */
  audible(): boolean;
  whenAudible(): Promise<void>;
  /** Speaks Opus packets, or those of an Ogg Opus file, on the frame clock. Resolves after the last silence frame. */
  speak(source: readonly Uint8Array[] | string, options?: SpeakOptions): Promise<Utterance>;
  /** An utterance is running, or waits for its start. */
  speaking(): boolean;
  /** Ends the running utterance with its silence frames, and forgets the waiting ones. */
  hush(): void;
  /** Takes the member out of the room (op 13, DAVE Remove); cuts what they were saying. */
  leave(): void;
}
