/** A way to a server that can be closed, cut and silenced while clients use it: TCP alone, nothing of what passes is known. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TcpProxy {
  endpoint: string;
  /** `open`, `refused` (nobody listens), or `silent` (connections are taken and nothing is answered). */
  become(state: 'open' | 'refused' | 'silent'): Promise<void>;
  /** Cuts the next connection that hands so many bytes to its client. */
  cutAfter(bytes: number, times?: number): void;
  /** Connections through it, now. */
  connections(): number;
  /** Connections that were asked for, ever. */
  asked(): number;
}

export async function startProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let silent = false;
  let [asked, cutAt, cuts]: [number, number, number] = [0, 0, 0];
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    asked += 1;
    track(client);
    if (silent) return;
    const upstream = connect(Number(port), hostname);
    track(upstream);
    client.pipe(upstream);
    let passed = 0;
    upstream.on('data', (chunk) => {
      passed += chunk.length;
      if (cuts > 0 && passed > cutAt) {
        cuts -= 1;
        client.resetAndDestroy();
      } else if (!client.write(chunk)) {
        upstream.pause();
        client.once('drain', () => upstream.resume());
      }
    });
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const own = await listen(0);
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server.close(), 'close');
    hangUp();
    await closed;
  };
  onTestFinished(close);
  return {
    endpoint: `http://127.0.0.1:${own}`,
    async become(state) {
      if (state === 'refused') return close();
      silent = state === 'silent';
      hangUp();
      if (!server.listening) await listen(own);
    },
    cutAfter(bytes, times = 1) {
      [cutAt, cuts] = [bytes, times];
    },
    connections: () => sockets.size / 2,
    asked: () => asked,
  };
}
