/**
 * Waiting for a media store in the middle of a job that was expensive so far: a render that is thrown away because the store
 * was being restarted would be made again for an hour.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StoreError } from '../../publisher/media/store-error.ts';

/** As long as publishing is tried; then the job fails, and its queue tries it anew. */
const WITHIN_MS = 30 * 60_000;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

export interface Patience {
  withinMs?: number;
  firstPauseMs?: number;
}

/** Faults that end by themselves, or once a person has done something about the store. */
const PASSING: ReadonlySet<StoreError['code']> = new Set([
  ...(['away', 'full', 'wrong-keys', 'not-allowed', 'no-bucket', 'clock'] as const),
]);

/** Carries out `work` again and again while the store cannot; whatever else goes wrong is thrown at once. */
export async function outlastStore<T>(
  work: () => Promise<T>,
  { signal, logger }: { signal: AbortSignal; logger: Pick<Logger, 'warn' | 'info'> },
  { withinMs = WITHIN_MS, firstPauseMs = FIRST_PAUSE_MS }: Patience = {},
): Promise<T> {
  const startMs = performance.now();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      const result = await work();
      if (pauseMs > firstPauseMs) logger.info('The media store can be used again; the job goes on');
      return result;
    } catch (error) {
      const isPassing = error instanceof StoreError && PASSING.has(error.code);
      if (!isPassing || performance.now() - startMs + pauseMs > withinMs) throw error;
      logger.warn(
        { err: error, againInMs: pauseMs },
        `${error.message} A job waits for it. To do: ${error.remedy}`,
      );
      await sleep(pauseMs, undefined, { signal });
    }
  }
}
