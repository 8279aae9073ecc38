/** The library's two sockets, made unable to end the process: nothing that a voice server sends may stop a recording. */
import type { Socket } from 'node:dgram';
import type { VoiceUDPSocket, VoiceWebSocket } from '@discordjs/voice';
import type { Logger } from '../log.ts';
import { enlargeReceiveBuffer, whenBound } from './receive-buffer.ts';

/** `handled` runs after each message: the library parses and acts within this one handler, and lets its faults out. */
export function guardWebSocket(ws: VoiceWebSocket, logger: Logger, handled: () => void): void {
  const onMessage = ws.onMessage.bind(ws);
  ws.onMessage = (event) => {
    try {
      onMessage(event);
    } catch (error) {
      logger.warn({ err: error }, 'a message of the voice gateway could not be understood');
    }
    handled();
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
