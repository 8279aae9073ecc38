/** What keeps a root process alive, and what ends it in order. */
import type { Logger } from './log.ts';

export interface ProcessGuardOptions {
  logger: Logger;
  /** SIGINT (Ctrl-C), SIGTERM (a service manager) or SIGHUP (the terminal was closed); the second one of a kind too. */
  onSignal: (signal: string) => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Installs the handlers and returns what takes them away.
 *
 * A pipe whose reader died makes the next log line an `error` event, which nobody handles (EPIPE). And a fault that nobody
 * caught, in a library's timer or promise (discord.js#11436), must not cost the other sessions their recording: it is
 * logged, and the process goes on.
 */
export function guardProcess({ logger, onSignal }: ProcessGuardOptions): () => void {
  const onFault = (error: unknown): void => {
    logger.error({ err: error }, 'a fault that nobody caught; recordings go on');
  };
  const ignore = (): void => undefined;
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
  };
}
