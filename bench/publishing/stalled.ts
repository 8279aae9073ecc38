/** Clients that take the beginning of what they asked for and then no more, as telephones do that went into a tunnel. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Served } from './server.ts';

const TAKEN_BYTES = 256 * 1024;
const SETTLE_MS = 3_000;

async function stalledClient(url: URL, first: number): Promise<Socket> {
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nUser-Agent: bench\r\nRange: bytes=${first}-\r\n\r\n`,
  );
  let taken = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    taken += (chunk as Buffer).length;
    if (taken >= TAKEN_BYTES) break;
  }
  if (taken < TAKEN_BYTES) throw new Error('A client was cut off that only was slow');
  socket.pause();
  return socket;
}

export interface StalledFigures {
  beforeMb: number;
  peakMb: number;
  /** Until a new client had 1 MiB of the same file. */
  newClientMs: number;
}

export async function stall(
  server: Served,
  key: string,
  { clients, middle }: { clients: number; middle: number },
): Promise<StalledFigures> {
  const url = new URL(`/${key}`, server.url);
  const beforeMb = server.rssMb();
  const sockets: Socket[] = [];
  let peakMb = 0;
  const look = setInterval(() => (peakMb = Math.max(peakMb, server.rssMb())), 50);
  try {
    while (sockets.length < clients) {
      const some = Array.from({ length: Math.min(50, clients - sockets.length) }, () =>
        stalledClient(url, middle),
      );
      sockets.push(...(await Promise.all(some)));
    }
    await sleep(SETTLE_MS);
    const open = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded);
    if (open.length < clients) throw new Error('Clients were cut off that only were slow');
    const startedMs = performance.now();
    const response = await fetch(url, { headers: { Range: `bytes=${middle}-${middle + 1024 * 1024 - 1}` } });
    const { byteLength } = await response.arrayBuffer();
    if (response.status !== 206 || byteLength !== 1024 * 1024) throw new Error('A new client was not served');
    return { beforeMb, peakMb: Math.max(peakMb, server.rssMb()), newClientMs: performance.now() - startedMs };
  } finally {
    clearInterval(look);
    for (const socket of sockets) socket.destroy();
  }
}
