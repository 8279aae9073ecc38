/** The UDP side: answers IP discovery and sends datagrams. One socket serves every connection, as Discord's SFU does. */
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';

export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

export interface VoiceSocket {
  readonly ip: string;
  readonly port: number;
  /** Resolves when the datagram was handed to the kernel. Nothing is sent after close. */
  send(datagram: Buffer, to: UdpAddress): Promise<void>;
  close(): Promise<void>;
}

const DISCOVERY_BYTES = 74;

/**
 * The reply to an IP discovery request, or undefined for anything else (Discord, voice connections, "IP Discovery"):
 * type u16 (1 request, 2 reply), length u16 = 70, SSRC u32, address as 64 bytes ended by zero, port u16.
 */
export function answerDiscovery(request: Buffer, from: UdpAddress): Buffer | undefined {
  if (request.length !== DISCOVERY_BYTES) return undefined;
  if (request.readUInt16BE(0) !== 1 || request.readUInt16BE(2) !== 70) return undefined;
  const reply = Buffer.alloc(DISCOVERY_BYTES);
  reply.writeUInt16BE(2, 0);
  reply.writeUInt16BE(70, 2);
  request.copy(reply, 4, 4, 8);
  reply.write(from.address, 8, 'utf8');
  reply.writeUInt16BE(from.port, 72);
  return reply;
}

/** Opens the socket on a free loopback port. Keepalives (8 bytes) need no echo; other datagrams go to `onPacket`. */
export async function openVoiceSocket(
  onPacket: (datagram: Buffer, from: UdpAddress) => void,
): Promise<VoiceSocket> {
  const socket = createSocket('udp4');
  let closed = false;
  const send = (datagram: Buffer, to: UdpAddress): Promise<void> =>
    new Promise((resolve) => {
      if (closed || !isIPv4(to.address)) resolve();
      // A datagram that could not be sent is a lost datagram.
      else
        socket.send(datagram, to.port, to.address, () => {
          resolve();
        });
    });
  socket.on('message', (datagram, from) => {
    const reply = answerDiscovery(datagram, from);
    if (reply) void send(reply, from);
    else if (datagram.length > 8) onPacket(datagram, from);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      socket.off('error', reject);
      resolve();
    });
  });
  return {
    ip: '127.0.0.1',
    port: socket.address().port,
    send,
    close: () =>
      new Promise((resolve) => {
        if (closed) resolve();
        else
          socket.close(() => {
            resolve();
          });
        closed = true;
      }),
  };
}
