/** The one place that opens a port: a Hono application on Node's HTTP server, closed without hanging. */
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Server } from 'node:http';
import { createServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { sendRaw } from './media/raw-body.ts';

/** The server cannot listen where the settings say. An operator must change them, or free the port. */
export class ListenError extends Error {
  override name = 'ListenError';
  readonly code: string;
  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export interface Listening {
  /** The port in use; another than asked for only when that was 0. */
  port: number;
  url: string;
  /** Takes no more requests, lets running ones finish for `graceMs` (5 s), then cuts them off. */
  close(graceMs?: number): Promise<void>;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const code = error.code ?? 'UNKNOWN';
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken by another program. Stop that program, or set HTTP_PORT to a free port.`,
    EACCES: `Port ${port} may not be used by this user. Set HTTP_PORT to a port above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Set HTTP_HOST to one it has, or to 0.0.0.0 for all.`,
    ENOTFOUND: `"${host}" is no address. Set HTTP_HOST to one of this machine, or to 0.0.0.0 for all.`,
  };
  return new ListenError(
    reasons[code] ?? `The web server cannot listen on ${host}:${port} (${error.message}).`,
    code,
    error,
  );
}

interface Address {
  host: string;
  port: number;
}

function bind(server: TcpServer, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
}

/** Rejects with ListenError when `listen` would: a person hears of it before anything slow or lasting is begun. */
export async function requireFreePort(address: Address): Promise<void> {
  const server = createServer();
  await bind(server, address);
  await new Promise((resolve) => server.close(resolve));
}

/** Rejects with ListenError. Port 0 takes any free port. */
export async function listen(app: Hono, asked: Address): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: (request, env) => {
      const answer = app.fetch(request, env);
      // What is there at once is no file, and need not wait for its turn.
      return answer instanceof Promise
        ? answer.then((response) => sendRaw(response, env as HttpBindings))
        : answer;
    },
  }) as Server;
  await bind(server, asked);
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    port: address.port,
    url: `http://${shownHost}:${address.port}`,
    close: (graceMs = 5000) => close(server, graceMs),
  };
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs).unref();
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
