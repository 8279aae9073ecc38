/** Watches the free space while something is recorded: hosts are warned in time, and sessions end before the last bytes. */
import { statfs } from 'node:fs/promises';
import type { Logger } from './log.ts';

export interface Space {
  freeBytes: number;
  /** Left alone for the ends of sessions and for the catalog, which a full disk may make unopenable. */
  reserveBytes: number;
  /** At which it goes now; 0 or less when it does not. */
  bytesPerSecond: number;
}

/** Minutes that a host is warned of, the last warning last. */
export const WARN_AT_MINUTES = [30, 10] as const;

/** How long the space lasts at the present rate, minutes; 0 when only the reserve is left. Pure. */
export function minutesLeft({ freeBytes, reserveBytes, bytesPerSecond }: Space): number {
  const spareBytes = freeBytes - reserveBytes;
  if (spareBytes <= 0) return 0;
  return bytesPerSecond <= 0 ? Infinity : spareBytes / bytesPerSecond / 60;
}

/** The smallest of WARN_AT_MINUTES that has been reached, if any. Pure. */
export const warningDue = (minutes: number): number | undefined =>
  WARN_AT_MINUTES.findLast((each) => minutes <= each);

export interface DiskSample {
  atMs: number;
  freeBytes: number;
  /** Written by all sessions so far. */
  writtenBytes: number;
}

/**
 * The rate from the first sample to the last: of what is free, or of what the sessions write where that is more, because
 * something else that makes room now may not go on doing so. Undefined while they lie too near. Pure.
 */
export function rateOf(samples: readonly DiskSample[]): number | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < LEAST_MS) return undefined;
  const seconds = (last.atMs - first.atMs) / 1000;
  const freed = (first.freeBytes - last.freeBytes) / seconds;
  return Math.max(freed, (last.writtenBytes - first.writtenBytes) / seconds);
}

/** A rate of a moment is no rate. */
const LEAST_MS = 20_000;
const WINDOW_MS = 120_000;
const EVERY_MS = 1_000;

export interface DiskWatchOptions {
  folder: string;
  reserveBytes: number;
  logger: Logger;
  /** Bytes that the live sessions have written; undefined while there is none, and then nothing is watched. */
  writtenBytes: () => number | undefined;
  /** Once for each of WARN_AT_MINUTES that is reached, until the space is there again. */
  onLow: (minutes: number) => void;
  /** Only the reserve is left. */
  onFull: () => void;
  /** Free bytes of the file system; the system's account by default. */
  freeBytes?: (folder: string) => Promise<number>;
  nowMs?: () => number;
}

export interface DiskWatch {
  /** Looks once; the watch itself does so every second. */
  look(): Promise<void>;
  /** How long the space lasts, once a host has been warned of it; undefined while there is plenty. */
  leftMs(): number | undefined;
  close(): void;
}

export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

export function watchDisk(options: DiskWatchOptions): DiskWatch {
  const { folder, reserveBytes, logger, freeBytes = freeBytesOf, nowMs = () => performance.now() } = options;
  let samples: DiskSample[] = [];
  let warnedAt = Infinity;
  let leftMs: number | undefined;

  async function look(): Promise<void> {
    const before = options.writtenBytes();
    if (before === undefined) {
      samples = [];
      warnedAt = Infinity;
      leftMs = undefined;
      return;
    }
    const sample = { atMs: nowMs(), freeBytes: await freeBytes(folder), writtenBytes: before };
    samples = [...samples.filter(({ atMs }) => sample.atMs - atMs < WINDOW_MS), sample];
    const bytesPerSecond = rateOf(samples) ?? 0;
    const minutes = minutesLeft({ freeBytes: sample.freeBytes, reserveBytes, bytesPerSecond });
    if (minutes === 0) {
      logger.error(
        { freeBytes: sample.freeBytes, reserveBytes },
        'the disk is full: every session ends here',
      );
      options.onFull();
      return;
    }
    const due = warningDue(minutes);
    leftMs = due === undefined ? undefined : Math.round(minutes * 60_000);
    if (due !== undefined && due < warnedAt) {
      logger.warn({ freeBytes: sample.freeBytes, bytesPerSecond, minutes }, 'the disk will be full soon');
      options.onLow(due);
    }
    // One that comes back is told again; one that wavers about its mark is not.
    warnedAt =
      due === undefined && minutes > 2 * WARN_AT_MINUTES[0] ? Infinity : Math.min(warnedAt, due ?? Infinity);
  }

  const timer = setInterval(() => {
    look().catch((error: unknown) => logger.error({ err: error }, 'the free space could not be read'));
  }, EVERY_MS);
  return { look, leftMs: () => leftMs, close: () => clearInterval(timer) };
}
