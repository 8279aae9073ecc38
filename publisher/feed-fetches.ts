/** Notes when a directory last fetched a show's feed: the latest of each, now and then, so that serving waits for no database. */
import type { Logger } from 'pino';
import type { FeedHealth } from '../src/catalog/index.ts';
import { directoryOf } from './directories.ts';

const EVERY_MS = 10_000;

export interface FeedFetches {
  /** Of a feed that is there; of anybody but a directory nothing is noted. */
  note(showSlug: string, userAgent: string | undefined, status: number): void;
  /** Writes what was not written yet. */
  close(): Promise<void>;
}

export function createFeedFetches({
  health,
  logger,
  everyMs = EVERY_MS,
}: {
  health: Pick<FeedHealth, 'noteFetch'>;
  logger: Pick<Logger, 'warn'>;
  everyMs?: number;
}): FeedFetches {
  const waiting = new Map<string, Parameters<FeedHealth['noteFetch']>[0]>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const fetches = [...waiting.values()];
    waiting.clear();
    try {
      for (const fetched of fetches) await health.noteFetch(fetched);
    } catch (error) {
      logger.warn({ err: error }, 'Who fetched feeds was not noted; the next fetch is');
    }
  };
  const writeNext = () => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };
  return {
    note(showSlug, userAgent, status) {
      const directory = directoryOf(userAgent);
      if (directory === undefined) return;
      waiting.set(`${showSlug} ${directory}`, { showSlug, directory, at: new Date(), status });
      timer ??= setTimeout(() => void writeNext(), everyMs);
    },
    close: () => writeNext(),
  };
}
