/** One structured log for every process. Names and tokens of people stay out of it; ids are enough to find them. */
import { pino, type Logger } from 'pino';
import { withoutTokens } from '../publisher/members/redact.ts';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

/** Writes JSON lines to standard output at once, so that the last line before a crash is there. */
export function createLogger(config: Pick<Config, 'logLevel'>, room: string): Logger {
  return pino({
    level: config.logLevel,
    base: { room },
    redact: ['token', '*.token', 'headers.authorization'],
    // Members' addresses may stand in errors of others, such as a request that Discord refused.
    hooks: { streamWrite: withoutTokens },
  });
}
