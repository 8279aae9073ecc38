/**
 * The root process of `stagecast all` and `stagecast bot`: it takes the sessions, forks the application, forks it again
 * when it dies, and outlives its crashes.
 */
import type { RecorderCore, RecorderCoreOptions } from './core.ts';

export interface ApplicationModule {
  /** The file to fork; it speaks recorder/protocol.ts over `process.send`. */
  modulePath: string;
  args?: readonly string[];
  /** The whole environment of the application; this process's own by default. */
  env?: NodeJS.ProcessEnv;
}

export interface RecorderOptions extends Omit<RecorderCoreOptions, 'send'> {
  application?: ApplicationModule;
  /** SIGINT and SIGTERM end the recorder in order; true by default. */
  handleSignals?: boolean;
}

export interface Recorder {
  core: RecorderCore;
  /** The application's process id while one runs. */
  applicationPid(): number | undefined;
  /** Seals all sessions, tells the application to close, waits a bounded time, then `done` resolves. */
  stop(reason: string): Promise<void>;
  /** Resolves when everything is closed, with the exit code the process should end with. */
  done: Promise<{ exitCode: number }>;
}

/**
 * An application that exits with 0 or 2 (a wrong setting) ended on purpose, and the recorder ends with it; any other
 * death is followed by a new fork, with backoff.
 */
export type StartRecorder = (options: RecorderOptions) => Promise<Recorder>;
