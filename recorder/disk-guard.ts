/** The disk of a recorder: a floor for what starts, warnings for what runs, and an end in time for what it has no room for. */
import path from 'node:path';
import { diskReserve } from './disk-reserve.ts';
import { freeBytesOf, watchDisk } from './disk-watch.ts';
import type { Logger } from './log.ts';
import { RefusedError } from './refused-error.ts';

export interface DiskGuardOptions {
  dataFolder: string;
  /** Below this nothing starts; below a quarter of it, everything that runs is ended. */
  floorBytes: number;
  /** Free bytes of a folder's file system; the system's account by default. */
  freeBytes?: ((folder: string) => Promise<number>) | undefined;
  /** Monotonic milliseconds; the system's by default. */
  nowMs?: () => number;
  logger: Logger;
  sessions: () => readonly { bytes(): number }[];
  /** Full in so many minutes. */
  onLow: (minutes: number) => void;
  /** Ends every session with what it has. */
  endAll: () => Promise<void>;
}

export interface DiskGuard {
  /** @throws RefusedError when there is less than the floor. */
  requireSpace(): Promise<void>;
  /** The disk took nothing more. */
  full(): void;
  /** How long the space lasts, when that is not long. */
  leftMs(): number | undefined;
  close(): void;
}

/** A segment of the embedded catalog's log is 16 MiB, and ends of sessions need some. */
const RESERVE_BYTES = 32 * 2 ** 20;

export function guardDisk(options: DiskGuardOptions): DiskGuard {
  const { dataFolder, floorBytes, logger, freeBytes = freeBytesOf } = options;
  const folder = path.join(dataFolder, 'sessions');
  const reserve = diskReserve(dataFolder, Math.min(RESERVE_BYTES, Math.floor(floorBytes / 8)));
  let ending: Promise<void> | undefined;

  /** Room first: the ends of sessions need some. */
  function full(): void {
    ending ??= reserve
      .release()
      .then(options.endAll)
      .catch((error: unknown) =>
        logger.error({ err: error }, 'on a full disk not every session could be ended'),
      )
      .finally(() => (ending = undefined));
  }

  const watch = watchDisk({
    ...{ folder, reserveBytes: floorBytes / 4, logger, freeBytes, onLow: options.onLow, onFull: full },
    ...(options.nowMs === undefined ? {} : { nowMs: options.nowMs }),
    writtenBytes() {
      const sessions = options.sessions();
      return sessions.length === 0 ? undefined : sessions.reduce((sum, session) => sum + session.bytes(), 0);
    },
  });

  return {
    async requireSpace() {
      const free = await freeBytes(folder);
      if (free < floorBytes)
        throw new RefusedError('disk-full', `${free} bytes are free, ${floorBytes} are needed`);
      await reserve.keep().catch((error: unknown) => {
        logger.warn({ err: error }, 'no reserve could be kept on the disk');
      });
    },
    full,
    leftMs: () => watch.leftMs(),
    close: () => watch.close(),
  };
}
