/** How far a job is and how long it still takes, told to the watchers: here from memory, elsewhere through the catalog. */
import type { Logger } from 'pino';
import type { WorkEvent } from '../catalog/index.ts';
import { estimateLeftMs, type ProgressPoint } from './estimate.ts';

const HERE_EVERY_MS = 1_000;
/** A timer may ring a moment before its time by another clock. */
const BEAT_MS = HERE_EVERY_MS + 20;
/** Each is a transaction that the database writes down. */
const ELSEWHERE_EVERY_MS = 5_000;

/** The first call and each call an interval after the last one told are passed on; what comes between is left out. */
export function atMostEvery<Told>(
  intervalMs: number,
  tell: (told: Told) => void,
  nowMs: () => number = () => performance.now(),
): (told: Told) => void {
  let nextMs = -Infinity;
  return (told) => {
    const now = nowMs();
    if (now < nextMs) return;
    nextMs = now + intervalMs;
    tell(told);
  };
}

export interface Progress {
  /** A whole number, 0 to 100. */
  percent: number;
  /** Milliseconds; missing while it is too early to say. */
  leftMs?: number;
}

export interface ProgressTelling {
  /** As the catalog has it. */
  catalog: {
    tellHere: (event: WorkEvent) => void;
    tellElsewhere: (event: WorkEvent) => Promise<void>;
  };
  eventOf: (progress: Progress) => WorkEvent;
  logger: Logger;
  nowMs?: () => number;
}

export interface ProgressTeller {
  (percent: number): void;
  /** When the work is over, however it ended. */
  end: () => void;
}

/**
 * Telling is a courtesy: when it fails, the work goes on. What was left out, and how long it still takes, is told a second later
 * by itself, for as long as nothing new is.
 */
export function progressTeller({
  catalog,
  eventOf,
  logger,
  nowMs = () => performance.now(),
}: ProgressTelling): ProgressTeller {
  const points: ProgressPoint[] = [];
  const beat = setInterval(() => {
    const last = points.at(-1);
    if (last !== undefined) tell(last.percent);
  }, BEAT_MS).unref();
  const here = atMostEvery(
    HERE_EVERY_MS,
    (event: WorkEvent) => {
      catalog.tellHere(event);
      beat.refresh();
    },
    nowMs,
  );
  const elsewhere = atMostEvery(
    ELSEWHERE_EVERY_MS,
    (event: WorkEvent) => {
      catalog
        .tellElsewhere(event)
        .catch((error: unknown) => logger.warn({ err: error }, 'Progress could not be told'));
    },
    nowMs,
  );
  const tell = (percent: number) => {
    const now = nowMs();
    if (points.at(-1)?.percent !== percent) points.push({ atMs: now, percent });
    const leftMs = estimateLeftMs(points, now);
    const event = eventOf(leftMs === undefined ? { percent } : { percent, leftMs });
    here(event);
    elsewhere(event);
  };
  const teller = (percent: number) => tell(Math.floor(percent));
  return Object.assign(teller, { end: () => clearInterval(beat) });
}
