/**
 * The door of a running Stagecast for its operator: an embedded catalog has one process that uses it, so commands of a terminal
 * are carried out there. A socket in the data folder that only its user may open; one line of JSON in, lines of JSON out.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import { z } from 'zod';

/** unix(7): a path has 108 bytes with its end, on macOS 104. */
const MOST_PATH_BYTES = 103;
const MOST_REQUEST_BYTES = 64 * 1024;

const request = z.object({ command: z.string(), args: z.unknown() });
const reply = z.union([
  z.object({ say: z.string() }),
  z.object({ percent: z.number() }),
  z.object({ exit: z.number() }),
]);
type Reply = z.infer<typeof reply>;

export function socketPath(dataFolder: string): string {
  const name = createHash('sha256').update(path.resolve(dataFolder)).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\stagecast-${name}`;
  const inside = path.join(path.resolve(dataFolder), 'control.sock');
  return Buffer.byteLength(inside) <= MOST_PATH_BYTES
    ? inside
    : path.join(os.tmpdir(), `stagecast-${name}.sock`);
}

export interface ControlCall {
  command: string;
  args: unknown;
  say: (line: string) => void;
  progress: (percent: number) => void;
  /** Aborted when whoever asked has gone. */
  signal: AbortSignal;
}

/** Listens until closed. `carryOut` answers the exit code. */
export async function openControl(
  dataFolder: string,
  carryOut: (call: ControlCall) => Promise<number>,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  const place = socketPath(dataFolder);
  const running = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    const call = answer(socket, carryOut, logger).finally(() => running.delete(call));
    running.add(call);
  });
  // Left by a process that was killed: the data folder has one at a time.
  if (process.platform !== 'win32') await rm(place, { force: true });
  server.listen(place);
  await once(server, 'listening');
  if (process.platform !== 'win32') await chmod(place, 0o600);
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.allSettled(running);
      await closed;
    },
  };
}

async function answer(
  socket: Socket,
  carryOut: (call: ControlCall) => Promise<number>,
  logger: Logger,
): Promise<void> {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  const send = (message: Reply) => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  try {
    const parsed = request.safeParse(JSON.parse(await firstLine(socket)));
    if (!parsed.success) return;
    const { command, args } = parsed.data;
    logger.info({ command }, 'A command of the operator');
    const exit = await carryOut({
      ...{ command, args, signal: gone.signal },
      say: (line) => send({ say: line }),
      progress: (percent) => send({ percent }),
    });
    send({ exit });
  } catch (error) {
    logger.error({ err: error }, 'A command of the operator failed');
    send({ say: `It failed: ${error instanceof Error ? error.message : String(error)}` });
    send({ exit: 1 });
  } finally {
    socket.end();
  }
}

async function firstLine(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += piece.toString();
    if (text.includes('\n')) break;
    if (text.length > MOST_REQUEST_BYTES) throw new Error('a request is longer than any that is known');
  }
  return text.split('\n')[0] ?? '';
}

/** Has a running Stagecast carry a command out; undefined where none listens. */
export async function askRunning(
  dataFolder: string,
  { command, args, say, progress, signal }: ControlCall,
): Promise<number | undefined> {
  const socket = connect(socketPath(dataFolder));
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  const leave = () => socket.destroy();
  signal.addEventListener('abort', leave, { once: true });
  socket.on('error', () => undefined);
  socket.write(`${JSON.stringify({ command, args })}\n`);
  let exit: number | undefined;
  for await (const line of createInterface({ input: socket })) {
    const parsed = reply.safeParse(JSON.parse(line));
    if (!parsed.success) continue;
    if ('say' in parsed.data) say(parsed.data.say);
    else if ('percent' in parsed.data) progress(parsed.data.percent);
    else exit = parsed.data.exit;
  }
  signal.removeEventListener('abort', leave);
  if (exit === undefined && !signal.aborted) say('Stagecast ended before it was done.');
  return exit ?? 1;
}
