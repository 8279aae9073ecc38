/** The voice gateway, version 8, over TLS: the life of each WebSocket from Hello to close. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { VoiceCloseCodes, VoiceOpcodes } from 'discord-api-types/voice/v8';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Certificate } from './certificate.ts';
import { parseClientMessage, type ClientMessage, type Identify, type Resume } from './client-messages.ts';
import type { Connection, GatewaySocket } from './connection.ts';

/** Who decides about connections; a returned number is the close code that refuses. */
export interface GatewayHost {
  identify(request: Identify, socket: GatewaySocket): Connection | VoiceCloseCodes;
  resume(request: Resume, socket: GatewaySocket): Connection | VoiceCloseCodes;
  /** Op 4 has gone out. */
  selected(connection: Connection): void;
  /** Op 5 from a client: it speaks itself. */
  speaking(connection: Connection, flags: number): void;
  /** Op 23. */
  transitionReady(connection: Connection, transitionId: number): void;
  /** Op 31. */
  invalidTransition(connection: Connection): void;
  /** Op 26 (binary). */
  keyPackage(connection: Connection, payload: Buffer): VoiceCloseCodes | undefined;
  /** Op 28 (binary). */
  commit(connection: Connection, payload: Buffer): VoiceCloseCodes | undefined;
  /** The WebSocket closed by whatever side; 1006 without a close frame. */
  closed(connection: Connection, socket: GatewaySocket, code: number): void;
}

export interface GatewayOptions {
  readonly heartbeatIntervalMs: number;
  /** Connections that have identified stay open whatever their clients send. */
  readonly forgiving: boolean;
}

export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

/** Handles one message of an identified connection; returns the close code that is due, if any. */
function handle(
  host: GatewayHost,
  connection: Connection,
  message: ClientMessage,
): VoiceCloseCodes | undefined {
  switch (message.op) {
    case VoiceOpcodes.SelectProtocol: {
      const refusal = connection.select(message.d);
      if (refusal === undefined) host.selected(connection);
      return refusal;
    }
    case VoiceOpcodes.Speaking:
      host.speaking(connection, message.d.speaking);
      return undefined;
    case VoiceOpcodes.DaveTransitionReady:
      host.transitionReady(connection, message.d.transition_id);
      return undefined;
    case VoiceOpcodes.DaveMlsInvalidCommitWelcome:
      host.invalidTransition(connection);
      return undefined;
    default:
      return VoiceCloseCodes.AlreadyAuthenticated;
  }
}

function serve(host: GatewayHost, socket: WebSocket, options: GatewayOptions): void {
  let connection: Connection | undefined;

  const take = (message: ClientMessage): VoiceCloseCodes | undefined => {
    if (message.op === VoiceOpcodes.Heartbeat) {
      connection?.acknowledge(message.d.seq_ack);
      socket.send(JSON.stringify({ op: VoiceOpcodes.HeartbeatAck, d: { t: message.d.t } }));
      return undefined;
    }
    if (connection) return handle(host, connection, message);
    if (message.op !== VoiceOpcodes.Identify && message.op !== VoiceOpcodes.Resume)
      return VoiceCloseCodes.NotAuthenticated;
    const answer =
      message.op === VoiceOpcodes.Identify
        ? host.identify(message.d, socket)
        : host.resume(message.d, socket);
    if (typeof answer === 'number') return answer;
    connection = answer;
    return undefined;
  };
  const takeBinary = (frame: Buffer): VoiceCloseCodes | undefined => {
    if (!connection) return VoiceCloseCodes.NotAuthenticated;
    const payload = frame.subarray(1);
    switch (frame[0]) {
      case VoiceOpcodes.DaveMlsKeyPackage:
        return host.keyPackage(connection, payload);
      case VoiceOpcodes.DaveMlsCommitWelcome:
        return host.commit(connection, payload);
      default:
        return VoiceCloseCodes.UnknownOpcode;
    }
  };

  socket.on('message', (raw: RawData, isBinary) => {
    // `ws` gives a Buffer unless another binaryType is set.
    const frame = raw as Buffer;
    const message = isBinary ? undefined : parseClientMessage(frame.toString());
    const refusal =
      message === undefined ? takeBinary(frame) : typeof message === 'number' ? message : take(message);
    if (refusal !== undefined && !(options.forgiving && connection)) socket.close(refusal);
  });
  // A broken socket is followed by `close`, which is where it is dealt with.
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    if (connection) host.closed(connection, socket, code);
  });
  socket.send(
    JSON.stringify({ op: VoiceOpcodes.Hello, d: { v: 8, heartbeat_interval: options.heartbeatIntervalMs } }),
  );
}

/** Listens on a free loopback port; `wss://localhost:PORT?v=8` is what a client opens. */
export async function openGateway(
  certificate: Certificate,
  host: GatewayHost,
  options: GatewayOptions,
): Promise<Gateway> {
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    const version = new URL(request.url ?? '/', 'wss://localhost').searchParams.get('v');
    if (version === '8') serve(host, socket, options);
    else socket.close(VoiceCloseCodes.BadRequest, 'Only voice gateway version 8 is spoken here.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}
