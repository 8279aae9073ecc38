/**
 * Whether a recording was forgotten: nobody is left, nobody speaks, or it has run for very long. Pure, and on the session
 * clock, which runs on while the application is down: what elapsed meanwhile has elapsed. Only emptiness is seen afresh,
 * because who came and went meanwhile is not known.
 */
import type { StopReason } from '../../../recorder/protocol.ts';

export type ForgottenReason = Exclude<StopReason, 'stop' | 'untold'>;

export interface Limit {
  afterMs: number;
  /** `end` warns before it ends; `warn` only ever warns. */
  then: 'end' | 'warn';
}

/** Undefined is never looked at. */
export type Limits = Readonly<Record<ForgottenReason, Limit | undefined>>;

/** What is known at one moment, on the session clock. */
export interface Sight {
  elapsedMs: number;
  /** When anybody was last heard; 0 when nobody was. */
  lastHeardMs: number;
  /** People in the channel; undefined while Discord does not tell. */
  humans: number | undefined;
  /** False while nothing can be heard, through no silence of theirs. */
  listening: boolean;
}

export interface Watch {
  emptySinceMs: number | undefined;
  /** Nothing could be heard until then. */
  deafUntilMs: number;
  warned: readonly ForgottenReason[];
}

export type Verdict =
  | { type: 'end'; reason: ForgottenReason }
  /** `endsInMs` is undefined when it goes on all the same. */
  | { type: 'warn'; reason: ForgottenReason; endsInMs: number | undefined };

export const NOTHING_SEEN: Watch = { emptySinceMs: undefined, deafUntilMs: 0, warned: [] };

/** Time enough to come back, or to say something. */
const WARN_BEFORE_MS = 5 * 60_000;

const REASONS = ['empty', 'silence', 'max-length'] as const;

/** At most one end, and then nothing else; each warning once for as long as its cause lasts. */
export function judge(
  limits: Limits,
  { elapsedMs, lastHeardMs, humans, listening }: Sight,
  before: Watch,
): { watch: Watch; verdicts: Verdict[] } {
  const emptySinceMs = humans === 0 ? (before.emptySinceMs ?? elapsedMs) : undefined;
  const deafUntilMs = listening ? before.deafUntilMs : elapsedMs;
  const lasted: Record<ForgottenReason, number> = {
    empty: elapsedMs - (emptySinceMs ?? elapsedMs),
    silence: elapsedMs - Math.max(lastHeardMs, deafUntilMs),
    'max-length': elapsedMs,
  };
  const due = REASONS.flatMap((reason): Verdict[] => {
    const limit = limits[reason];
    if (limit === undefined) return [];
    const { afterMs, then } = limit;
    const leftMs = afterMs - lasted[reason];
    if (then === 'warn') return leftMs <= 0 ? [{ type: 'warn', reason, endsInMs: undefined }] : [];
    if (leftMs <= 0) return [{ type: 'end', reason }];
    return leftMs <= Math.min(WARN_BEFORE_MS, afterMs / 2)
      ? [{ type: 'warn', reason, endsInMs: leftMs }]
      : [];
  });
  const end = due.find(({ type }) => type === 'end');
  const watch = { emptySinceMs, deafUntilMs, warned: due.map(({ reason }) => reason) };
  return { watch, verdicts: end ? [end] : due.filter(({ reason }) => !before.warned.includes(reason)) };
}
