/**
 * The recorder without a process around it: takes the application's messages, runs the live sessions, and answers. The
 * root process (main.ts) puts a forked application on its other side; tests put a client of their own there.
 */
import type { SessionStatus, ToApplication } from './protocol.ts';

/** The part of a pino logger that the recorder uses. */
export interface RecorderLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface RecorderCoreOptions {
  /** Sessions live in `<dataFolder>/sessions/<session id>/`. */
  dataFolder: string;
  logger: RecorderLogger;
  /** Carries a message to the application; called only while one is connected (between `hello` and `applicationLost`). */
  send: (message: ToApplication) => void;
  /** Monotonic microseconds; the system's clock by default. */
  clock?: { nowUs(): number };
  /** Certificates (PEM) to trust for voice gateways beside the built-in ones; the embedded Discord needs its own. */
  voiceCaPems?: readonly string[];
  /** How long a join may take until `refused join-timeout`. */
  joinTimeoutMs?: number;
  /** How long a lost voice connection is retried before the session is sealed as `disconnected`. */
  reconnectLimitMs?: number;
  /** Below this much free space no session starts. */
  diskFloorBytes?: number;
}

export interface RecorderCore {
  /** One message of the application (a `ToRecorder`; anything else is logged and dropped). */
  receive(message: unknown): void;
  /** The application is gone: no shard can carry an op 4; live sessions run on. */
  applicationLost(): void;
  /** The live sessions as they stand now. */
  live(): SessionStatus[];
  /** Seals every live session (`shutdown`), leaves the channels, and stops taking requests. */
  stop(): Promise<void>;
}

/** Recovers what a crash left unsealed, then is ready for messages. */
export type OpenRecorderCore = (options: RecorderCoreOptions) => Promise<RecorderCore>;
