/** Ports of this machine: one that is taken, one that is free. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

export async function listenAnywhere(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export async function freePort(): Promise<number> {
  const server = await listenAnywhere();
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
