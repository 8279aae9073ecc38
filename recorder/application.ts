/** The application as a child of the recorder: forked, forked again when it dies, closed in order. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Logger } from './log.ts';
import type { ToApplication } from './protocol.ts';
import { backoffMs } from './voice/backoff.ts';

export interface ApplicationModule {
  /** The file to fork; it speaks protocol.ts over `process.send`, and leaves SIGINT and SIGTERM to the recorder. */
  modulePath: string;
  args?: readonly string[];
  /** The whole environment of the application; this process's own by default. */
  env?: NodeJS.ProcessEnv;
}

export interface ApplicationHostOptions {
  module: ApplicationModule;
  logger: Logger;
  liveSessions: () => number;
  onMessage: (message: unknown) => void;
  /** It died; another may follow. */
  onLost: () => void;
  /** It ended on purpose, or cannot be started at all. */
  onEnded: (exitCode: number) => void;
}

export interface ApplicationHost {
  pid(): number | undefined;
  send(message: ToApplication): void;
  /** Asks it to close, and ends it after `limitMs` if it did not; forks no more. */
  close(limitMs: number): Promise<void>;
}

export interface Death {
  code: number | null;
  /** It reached its `hello`. */
  greeted: boolean;
  livedMs: number;
  /** Deaths directly before this one that came as soon. */
  earlier: number;
  liveSessions: number;
}

/** Exit codes with which the application says that it is done: all is well, or a setting is wrong (`stagecast` exits 2). */
const ON_PURPOSE = new Set([0, 2]);
const LIVED_LONG_MS = 30_000;
const HOPELESS = 5;
const REFORK = { firstMs: 250, limitMs: 30_000 };

/** What follows a death: a new fork after a pause, or the end, with its exit code. Nothing ends a live session. */
export function afterDeath(death: Death, random?: number): { forkInMs: number } | { exitCode: number } {
  const { code, greeted, earlier, liveSessions } = death;
  if (liveSessions === 0) {
    if (code !== null && ON_PURPOSE.has(code)) return { exitCode: code };
    if (!greeted && earlier >= HOPELESS) return { exitCode: code ?? 1 };
  }
  return { forkInMs: backoffMs(REFORK, death.livedMs >= LIVED_LONG_MS ? 0 : earlier, random) };
}

/** Status messages are worth nothing a second later; behind this many unsent messages they are left out. */
const UNSENT_LIMIT = 100;
const TERMINATE_MS = 2_000;

/** Forks the application now. */
export function hostApplication(options: ApplicationHostOptions): ApplicationHost {
  const { module, logger } = options;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let early = 0;
  let unsent = 0;
  let closing = false;
  let onExit: () => void = () => undefined;

  function start(): void {
    const startedMs = performance.now();
    let greeted = false;
    let over = false;
    const started = fork(module.modulePath, module.args ?? [], {
      env: module.env ?? process.env,
      serialization: 'json',
      // Inherited, so that a dead reader of our own output is the only broken pipe there can be.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child = started;
    unsent = 0;
    logger.info({ pid: started.pid }, 'application started');

    const ended = (code: number | null, signal: string | null): void => {
      if (over) return;
      over = true;
      child = undefined;
      options.onLost();
      onExit();
      if (closing) return;
      const livedMs = performance.now() - startedMs;
      const liveSessions = options.liveSessions();
      const next = afterDeath({ code, greeted, livedMs, earlier: early, liveSessions });
      early = livedMs >= LIVED_LONG_MS ? 0 : early + 1;
      logger.warn({ pid: started.pid, code, signal, liveSessions, ...next }, 'application ended');
      if ('exitCode' in next) options.onEnded(next.exitCode);
      else timer = setTimeout(start, next.forkInMs);
    };
    started.on('message', (message) => {
      greeted ||= (message as { type?: unknown } | null)?.type === 'hello';
      options.onMessage(message);
    });
    started.on('error', (error) => {
      logger.error({ err: error }, 'application process error');
      if (started.pid === undefined) ended(null, null);
    });
    started.on('exit', ended);
  }

  function send(message: ToApplication): void {
    if (child?.connected !== true || (message.type === 'status' && unsent > UNSENT_LIMIT)) return;
    unsent += 1;
    child.send(message, (error) => {
      unsent -= 1;
      if (error !== null)
        logger.debug({ err: error, type: message.type }, 'a message did not reach the application');
    });
  }

  start();
  return {
    pid: () => child?.pid,
    send,
    async close(limitMs) {
      closing = true;
      clearTimeout(timer);
      const last = child;
      if (last === undefined) return;
      const exited = new Promise<void>((resolve) => {
        onExit = resolve;
      });
      send({ type: 'close' });
      const terminate = setTimeout(() => {
        logger.warn({ pid: last.pid, limitMs }, 'the application did not close in time and is ended');
        last.kill('SIGTERM');
      }, limitMs);
      const kill = setTimeout(() => last.kill('SIGKILL'), limitMs + TERMINATE_MS);
      await exited;
      clearTimeout(terminate);
      clearTimeout(kill);
    },
  };
}
