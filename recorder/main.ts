/**
 * The root process of `stagecast all` and `stagecast bot`: it takes the sessions, forks the application, forks it again
 * when it dies, and outlives its crashes.
 */
import { hostApplication } from './application.ts';
import type { ApplicationHost, ApplicationModule } from './application.ts';
import { openRecorderCore } from './core.ts';
import type { RecorderCore, RecorderCoreOptions } from './core.ts';
import { guardProcess } from './process-guard.ts';

export type { ApplicationModule } from './application.ts';
export { FolderInUseError } from './folder-lock.ts';

export interface RecorderOptions extends Omit<RecorderCoreOptions, 'send'> {
  application?: ApplicationModule | undefined;
  /** Take SIGINT, SIGTERM and faults nobody caught, as the root of a process does; true by default. */
  handleSignals?: boolean;
  /** How long the application may take to close; 10 s by default. */
  closeTimeoutMs?: number;
}

export interface Recorder {
  core: RecorderCore;
  /** The application's process id while one runs. */
  applicationPid(): number | undefined;
  /** Seals all sessions, tells the application to close, waits a bounded time; then `done` resolves, and this too. */
  stop(reason: string): Promise<void>;
  /** Resolves when everything is closed, with the exit code that the process should end with. */
  done: Promise<{ exitCode: number }>;
}

/**
 * Starts the recorder, and with it the application. An application that exits with 0 or 2 (a wrong setting) while nothing
 * is recorded ended on purpose, and the recorder ends with it; any other death is followed by a new fork, with backoff.
 * @throws FolderInUseError when another recorder has the data folder.
 */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { logger, closeTimeoutMs = 10_000 } = options;
  let host: ApplicationHost | undefined;
  let stopping: Promise<void> | undefined;
  let finish: (end: { exitCode: number }) => void = () => undefined;
  const done = new Promise<{ exitCode: number }>((resolve) => {
    finish = resolve;
  });
  const unguard = options.handleSignals === false ? undefined : guardProcess({ logger, onSignal });

  function onSignal(signal: string): void {
    void stop(signal, 0);
  }

  function stop(reason: string, exitCode: number): Promise<void> {
    stopping ??= close(reason, exitCode);
    return stopping;
  }

  /** Recordings first: the application, while it still runs, carries the op 4s that leave, and takes what was sealed. */
  async function close(reason: string, exitCode: number): Promise<void> {
    logger.info({ reason }, 'recorder is stopping');
    // What a crash left is mended to its end; that it could not be opened is told by `startRecorder`.
    const opened = await opening.catch(() => undefined);
    await opened?.stop(async () => host?.close(closeTimeoutMs));
    unguard?.();
    finish({ exitCode });
  }

  const opening = openRecorderCore({ ...options, send: (message) => host?.send(message) });
  const core = await opening.catch((error: unknown) => {
    unguard?.();
    throw error;
  });
  if (options.application !== undefined && stopping === undefined) {
    host = hostApplication({
      module: options.application,
      logger,
      liveSessions: () => core.live().length,
      onMessage: (message) => core.receive(message),
      onLost: () => core.applicationLost(),
      onEnded: (exitCode) => void stop('the application ended', exitCode),
    });
  }
  return { core, applicationPid: () => host?.pid(), stop: (reason) => stop(reason, 0), done };
}
