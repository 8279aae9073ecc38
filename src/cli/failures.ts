/** What a person reads when a command ends badly, and the exit code that a supervisor sees. */
import { InvalidArgumentError } from 'commander';

/** A person must change something before a restart can help: a setting, a port, a missing program. */
export const NEEDS_A_PERSON = 2;

/** Errors whose message already says what happened, and the remedy. */
const WORDED_FOR_OPERATORS = new Set([
  'ConfigError',
  'FolderInUseError',
  'PortTakenError',
  'FfmpegMissingError',
  'LoginRefusedError',
]);

export function needsAPerson(error: unknown): boolean {
  return (
    error instanceof InvalidArgumentError || (error instanceof Error && WORDED_FOR_OPERATORS.has(error.name))
  );
}

export const exitCodeOf = (error: unknown): number => (needsAPerson(error) ? NEEDS_A_PERSON : 1);

/** A sentence for the terminal; the stack only for faults of ours. */
export function explain(error: unknown): string {
  if (needsAPerson(error)) return (error as Error).message;
  if (!(error instanceof Error)) return `stagecast: unexpected failure: ${String(error)}`;
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause.message}` : '';
  return `stagecast: unexpected failure, please report it.\n${error.stack ?? error.message}${cause}`;
}
