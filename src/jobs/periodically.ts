/** Work that comes round by the clock: now, then after each interval, one turn at a time, until closed. */
import type { Logger } from 'pino';

export interface Periodical {
  what: string;
  everyMs: number;
  /** A turn that throws is logged; the next one comes all the same. */
  run: (now: Date) => Promise<void>;
}

export function periodically({ what, everyMs, run }: Periodical, logger: Logger): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const turn = () => {
    if (busy) return;
    busy = true;
    running = run(new Date())
      .catch((error: unknown) =>
        logger.error({ err: error }, `${what}: this turn failed, the next one follows`),
      )
      .finally(() => (busy = false));
  };
  turn();
  const timer = setInterval(turn, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
