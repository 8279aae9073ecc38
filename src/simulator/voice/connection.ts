/** One client's voice connection: outlives its WebSocket (resume), and holds its key, its UDP address and its outbox. */
import { randomBytes } from 'node:crypto';
import { VoiceCloseCodes, VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { SelectProtocol } from './client-messages.ts';
import type { EncryptionMode, VoiceCredentials, VoiceWire } from './contract.ts';
import { createOutbox, type Numbered } from './outbox.ts';
import type { RtpPacket } from './rtp.ts';
import { createOpen, createSeal, type Open, type Seal } from './transport-crypto.ts';
import type { UdpAddress, VoiceSocket } from './udp.ts';

/** The part of a WebSocket that a connection uses. */
export interface GatewaySocket {
  send(frame: string | Buffer): void;
  close(code: number): void;
  terminate(): void;
}

export interface Connection {
  readonly credentials: VoiceCredentials;
  readonly userId: string;
  readonly ssrc: number;
  /** Has its session description (op 4): is sent audio from here on. */
  selected(): boolean;
  attached(): boolean;
  /** Binds a WebSocket: the first, or a resumed one. */
  attach(socket: GatewaySocket): void;
  /** The WebSocket is gone; audio goes on, numbered messages wait. */
  detach(socket: GatewaySocket): void;
  /** Unnumbered: answers to the client that are not sent again. */
  reply(op: VoiceOpcodes, body: unknown): void;
  /** Numbered: sent again after a resume. */
  send(op: VoiceOpcodes, body: unknown): void;
  sendBinary(op: VoiceOpcodes, payload: Uint8Array): void;
  acknowledge(seq: number): void;
  /**
   * Op 9, then what was missed: a client ignores binary messages until it is Resumed. `late` is the other way round.
   * False: too much is gone.
   */
  resume(seqAck: number, late: boolean): boolean;
  /** Takes op 1 and answers op 4, or returns the close code that is due. */
  select(request: SelectProtocol): VoiceCloseCodes | undefined;
  transmit(packet: RtpPacket): Promise<void>;
  /** Is sent no audio until it is resumed, or for as long as it lasts. */
  silence(until: 'resumed' | 'replaced'): void;
  unsilence(): void;
  silenced(): boolean;
  /** A datagram that the client sent; undefined when it does not hold under its key. */
  receive(datagram: Buffer): RtpPacket | undefined;
  /** Undefined before op 4. */
  wire(): VoiceWire | undefined;
  close(code: number): void;
  /** Cuts the WebSocket without a close frame. */
  drop(): void;
}

export interface ConnectionOptions {
  readonly credentials: VoiceCredentials;
  readonly ssrc: number;
  readonly modes: readonly EncryptionMode[];
  /** The room's, when op 4 goes out. */
  readonly daveVersion: () => 0 | 1;
  readonly udp: VoiceSocket;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { credentials, ssrc, modes, daveVersion, udp } = options;
  const outbox = createOutbox();
  let socket: GatewaySocket | undefined;
  let silencedUntil: 'resumed' | 'replaced' | undefined;
  let path: { seal: Seal; open: Open; to: UdpAddress } | undefined;
  const post = ({ frame }: Numbered): void => socket?.send(frame);
  const reply = (op: VoiceOpcodes, body: unknown): void => socket?.send(JSON.stringify({ op, d: body }));

  return {
    credentials,
    userId: credentials.userId,
    ssrc,
    selected: () => path !== undefined,
    attached: () => socket !== undefined,
    attach(next) {
      socket?.terminate();
      socket = next;
    },
    detach(gone) {
      if (socket === gone) socket = undefined;
    },
    reply,
    send: (op, body) => post(outbox.json(op, body)),
    sendBinary: (op, payload) => post(outbox.binary(op, payload)),
    acknowledge: (seq) => outbox.acknowledge(seq),
    resume(seqAck, late) {
      const missed = outbox.since(seqAck);
      if (missed === undefined) return false;
      if (silencedUntil === 'resumed') silencedUntil = undefined;
      if (!late) reply(VoiceOpcodes.Resumed, null);
      missed.forEach(post);
      if (late) reply(VoiceOpcodes.Resumed, null);
      return true;
    },
    select({ protocol, data }) {
      if (protocol !== 'udp') return VoiceCloseCodes.UnknownProtocol;
      const mode = modes.find((offered) => offered === data.mode);
      if (mode === undefined) return VoiceCloseCodes.UnknownEncryptionMode;
      const secretKey = randomBytes(32);
      path = {
        seal: createSeal(mode, secretKey),
        open: createOpen(mode, secretKey),
        to: { address: data.address, port: data.port },
      };
      reply(VoiceOpcodes.SessionDescription, {
        mode,
        secret_key: [...secretKey],
        dave_protocol_version: daveVersion(),
      });
      return undefined;
    },
    transmit: async (packet) => {
      if (path) await udp.send(path.seal(packet), path.to);
    },
    receive: (datagram) => path?.open(datagram),
    silence: (until) => (silencedUntil = until),
    unsilence: () => (silencedUntil = undefined),
    silenced: () => silencedUntil !== undefined,
    wire() {
      if (!path) return undefined;
      const { seal, to } = path;
      return { seal, send: (datagram) => udp.send(datagram, to), post: (frame) => socket?.send(frame) };
    },
    close: (code) => socket?.close(code),
    drop: () => socket?.terminate(),
  };
}
