/** A bare client of the voice gateway, for what @discordjs/voice would never send, and for what it hides. */
import { createSocket } from 'node:dgram';
import { WebSocket } from 'ws';
import type { VoiceServer } from '../../../src/simulator/voice/voice-server.ts';
import { until } from './harness.ts';

export interface RawClient {
  readonly received: { op: number; d: unknown; seq?: number }[];
  readonly datagrams: Buffer[];
  /** The close code, once closed. */
  closeCode(): number | undefined;
  send(op: number, d: unknown): void;
  sendText(text: string): void;
  sendBinary(bytes: Buffer): void;
  /** Waits for the first message with this opcode and gives its body. */
  take(op: number): Promise<Record<string, unknown>>;
  closed(): Promise<number>;
  /** Op 1 with this client's own UDP port. */
  select(mode?: string, protocol?: string): void;
  close(): void;
}

export async function openRawClient(voice: VoiceServer, version = 8): Promise<RawClient> {
  const socket = new WebSocket(`wss://${voice.endpoint}?v=${version}`, { ca: voice.caPem });
  const udp = createSocket('udp4');
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const received: RawClient['received'] = [];
  const datagrams: Buffer[] = [];
  let closeCode: number | undefined;
  udp.on('message', (datagram) => datagrams.push(datagram));
  socket.on('message', (raw: Buffer, isBinary) => {
    if (!isBinary) received.push(JSON.parse(raw.toString()) as RawClient['received'][number]);
  });
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    closeCode = code;
  });
  await until(() => socket.readyState >= WebSocket.OPEN, 'the WebSocket is open');
  const send = (op: number, d: unknown): void => socket.send(JSON.stringify({ op, d }));
  return {
    received,
    datagrams,
    closeCode: () => closeCode,
    send,
    sendText: (text) => socket.send(text),
    sendBinary: (bytes) => socket.send(bytes),
    async take(op) {
      await until(() => received.some((message) => message.op === op), `op ${op} has arrived`);
      return received.find((message) => message.op === op)!.d as Record<string, unknown>;
    },
    async closed() {
      await until(() => closeCode !== undefined, 'the WebSocket is closed');
      return closeCode!;
    },
    select: (mode = 'aead_aes256_gcm_rtpsize', protocol = 'udp') =>
      send(1, { protocol, data: { address: '127.0.0.1', port: udp.address().port, mode } }),
    close() {
      socket.terminate();
      udp.close();
    },
  };
}
