/** What a person reads when a command ends badly, and the exit code that a supervisor sees. */
import { CommanderError } from 'commander';

/** A person must change something before a restart can help: a setting, a port, a missing program. */
const NEEDS_A_PERSON = 2;

/** Errors whose message already says what happened, and the remedy; with the exit code. */
const WORDED: ReadonlyMap<string, number> = new Map([
  ['ConfigError', NEEDS_A_PERSON],
  ['RequestError', NEEDS_A_PERSON],
  ['FolderInUseError', NEEDS_A_PERSON],
  ['ListenError', NEEDS_A_PERSON],
  ['FfmpegMissingError', NEEDS_A_PERSON],
  ['LoginRefusedError', NEEDS_A_PERSON],
  ['OpenApiDocumentError', NEEDS_A_PERSON],
  ['AgentListError', NEEDS_A_PERSON],
  ['RenderError', 1],
  // A server that restarts comes back: trying again may help.
  ['DatabaseUnavailableError', 1],
]);

/** Codes of system calls and of undici for a way that does not reach the other side (errno(3), undici `lib/core/errors.js`). */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The innermost reason that is a network's, or undefined. */
function networkFault(error: unknown): Error | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && UNREACHABLE.has(String(at.code))) return at;
  return undefined;
}

export function exitCodeOf(error: unknown): number {
  // Commander's own code is 0 for help, and 1 for words that it does not know.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : NEEDS_A_PERSON;
  return (error instanceof Error ? WORDED.get(error.name) : undefined) ?? 1;
}

/** A sentence for the terminal; the stack only for faults of ours. Undefined when all has been said. */
export function explain(error: unknown): string | undefined {
  if (error instanceof CommanderError) return undefined;
  if (!(error instanceof Error)) return `stagecast: unexpected failure: ${String(error)}`;
  if (WORDED.has(error.name)) return error.message;
  const unreachable = networkFault(error);
  if (unreachable !== undefined)
    return (
      `Discord cannot be reached (${unreachable.message || String((unreachable as NodeJS.ErrnoException).code)}). ` +
      'Check the connection to discord.com and any proxy between, and that DISCORD_API_URL is not set by mistake.'
    );
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause.message}` : '';
  return `stagecast: unexpected failure, please report it.\n${error.stack ?? error.message}${cause}`;
}
