/**
 * The last line of a notice: how the recording stands, where that is not as the notice says. Pure. It is Discord's small
 * print, which is also how it is told from the rest of the message after a restart.
 */
import type { SessionStatus } from '../../../recorder/protocol.ts';
import type { Texts } from '../../../templates/messages/index.ts';

export type Trouble = 'reconnecting' | 'server-deaf' | 'deaf' | 'undecryptable' | 'disk' | 'disk-low';

export interface Standing {
  trouble: Trouble | undefined;
  /** When that began, Unix milliseconds. */
  sinceMs: number;
  /** The trouble before, which is over. */
  before: { trouble: Trouble; fromMs: number; toMs: number } | undefined;
}

export const ALL_IS_WELL: Standing = { trouble: undefined, sinceMs: 0, before: undefined };

/** A gap of speech is worth a word afterwards; a disk that has room again is not. */
const LEAVES_A_GAP: readonly Trouble[] = ['reconnecting', 'server-deaf', 'deaf', 'undecryptable'];
/** @param diskRefuses - a file could not be written lately */
export function troubleOf(
  { state, health, diskLeftMs }: Pick<SessionStatus, 'state' | 'health' | 'diskLeftMs'>,
  diskRefuses: boolean,
): Trouble | undefined {
  if (diskRefuses) return 'disk';
  if (state === 'reconnecting') return 'reconnecting';
  if (health !== 'good') return health;
  return diskLeftMs === undefined ? undefined : 'disk-low';
}

export function standingAfter(standing: Standing, trouble: Trouble | undefined, nowMs: number): Standing {
  if (trouble === standing.trouble) return standing;
  const isOver = standing.trouble !== undefined && LEAVES_A_GAP.includes(standing.trouble);
  const before = isOver
    ? { trouble: standing.trouble!, fromMs: standing.sinceMs, toMs: nowMs }
    : standing.before;
  return { trouble, sinceMs: nowMs, before };
}

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Undefined when the notice alone says all there is to say. */
export function sessionLine(
  { trouble, sinceMs, before }: Standing,
  diskLeftMs: number | undefined,
  { standing: say }: Texts,
): string | undefined {
  if (trouble === 'disk-low') return say['disk-low'](Math.max(1, Math.round((diskLeftMs ?? 0) / 60_000)));
  if (trouble !== undefined) return say[trouble](seconds(sinceMs));
  if (before === undefined) return undefined;
  return say.wellAgain(say.because[before.trouble], seconds(before.fromMs), seconds(before.toMs));
}

const SMALL_PRINT = '-# ';

/** The notice's own text, of a message that may carry a line already. */
export const withoutLine = (content: string): string =>
  content
    .split('\n')
    .filter((line, index, { length }) => index < length - 1 || !line.startsWith(SMALL_PRINT))
    .join('\n');

export const withLine = (notice: string, line: string | undefined): string =>
  line === undefined ? notice : `${notice}\n${SMALL_PRINT}${line}`;
