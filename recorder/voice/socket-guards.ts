/** The library's two sockets, made unable to end the process: nothing that a voice server sends may stop a recording. */
import type { Socket } from 'node:dgram';
import type { VoiceUDPSocket, VoiceWebSocket } from '@discordjs/voice';
import type { Logger } from '../log.ts';
import { opcodeOf } from './gateway-message.ts';
import { enlargeReceiveBuffer, whenBound } from './receive-buffer.ts';

export interface WebSocketWatch {
  /** Whether the WebSocket has asked to resume and op 9 has not come yet. */
  resuming: () => boolean;
  /** Runs after each message: the library parses and acts within one handler. */
  handled: () => void;
}

/** As many as a voice gateway keeps for a resume, with room to spare. */
const EARLY_LIMIT = 4_096;
/** Hello, heartbeat acknowledged, resumed: what a resume itself consists of. */
const OPS_OF_RESUME = [8, 6, 9];

/**
 * Lets nothing malformed to the library and no fault of it out of its message handler, and holds what is sent again (after
 * a resume) until op 9 when that comes late: until then the library passes binary messages over, and with them the keys of
 * the group.
 */
export function guardWebSocket(
  ws: VoiceWebSocket,
  logger: Logger,
  { resuming, handled }: WebSocketWatch,
): void {
  const onMessage = ws.onMessage.bind(ws);
  const early: Parameters<typeof onMessage>[0][] = [];
  const handle: typeof onMessage = (event) => {
    try {
      onMessage(event);
    } catch (error) {
      logger.warn({ err: error }, 'a message of the voice gateway could not be understood');
    }
    handled();
  };
  let malformed = 0;
  ws.onMessage = (event) => {
    const op = opcodeOf(event.data);
    if (op === undefined) {
      if (malformed++ === 0) logger.warn({}, 'the voice gateway sent a message of no known form');
      return;
    }
    const isOfResume = typeof event.data === 'string' && OPS_OF_RESUME.includes(op);
    if (resuming() && early.length < EARLY_LIMIT && !isOfResume) {
      early.push(event);
      return;
    }
    handle(event);
    if (!resuming()) for (const before of early.splice(0)) handle(before);
  };
  ws.on('error', () => undefined);
}

/** Listens to every datagram, gives the socket its receive buffer, and catches what sending on a closed one throws. */
export function guardUdp(udp: VoiceUDPSocket, logger: Logger, receive: (datagram: Buffer) => void): void {
  const send = udp.send.bind(udp);
  // The keepalive is first sent in a later tick, where nobody catches; the socket may be closed by then.
  udp.send = (datagram) => {
    try {
      send(datagram);
    } catch (error) {
      logger.debug({ err: error }, 'a datagram could not be sent');
    }
  };
  udp.on('message', (datagram) => {
    try {
      receive(datagram);
    } catch (error) {
      logger.error({ err: error }, 'a datagram could not be handled');
    }
  });
  udp.on('error', () => undefined);
  // Private in the library's types; tests/recorder/contract.test.ts holds it.
  const { socket } = udp as unknown as { socket: Socket };
  whenBound(socket, () => {
    try {
      const buffer = enlargeReceiveBuffer(socket);
      if (buffer.enough) logger.info(buffer, 'receive buffer granted');
      else
        logger.warn(
          buffer,
          'receive buffer is small: raise net.core.rmem_max to 4194304, or stalls lose packets',
        );
    } catch (error) {
      logger.warn({ err: error }, 'receive buffer could not be set');
    }
  });
}
