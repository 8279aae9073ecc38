/** Work that nobody awaits: its failure is logged and goes no further, and closing waits for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isOrdinary } from './ordinary.ts';

export interface Background {
  /** `complaint` says in the log what did not happen when `work` fails. */
  run(complaint: string, work: () => Promise<unknown>, fields?: Record<string, unknown>): void;
  /** Resolves when everything that runs has ended, or after `limitMs`. */
  settled(limitMs: number): Promise<void>;
}

export function createBackground(logger: Pick<Logger, 'error' | 'info'>): Background {
  const running = new Set<Promise<void>>();
  return {
    run(complaint, work, fields = {}) {
      const ended = work()
        .then(() => undefined)
        .catch((error: unknown) =>
          logger[isOrdinary(error) ? 'info' : 'error']({ err: error, ...fields }, complaint),
        )
        .finally(() => running.delete(ended));
      running.add(ended);
    },
    async settled(limitMs) {
      const over = sleep(limitMs, 'over' as const, { ref: false });
      // What runs may begin more of it: the end of a recording is told by work of its own.
      while (running.size > 0) if ((await Promise.race([Promise.all(running), over])) === 'over') return;
    },
  };
}
