/**
 * When a voice connection that is not ready is asked for anew, and when that is given up. Pure: conditions and times
 * (milliseconds of one clock) come in, decisions come out.
 */
import { VoiceConnectionStatus } from '@discordjs/voice';
import { backoffMs } from './backoff.ts';

export interface ConnectionCondition {
  status: VoiceConnectionStatus;
  /** The code with which the last voice WebSocket closed for good. */
  closeCode?: number | undefined;
}

const LOST = { firstMs: 1_000, limitMs: 30_000 };
/** Signalling, handshakes and resumes get this long before they count as stuck (discord.js#11553). */
const UNDER_WAY = { firstMs: 15_000, limitMs: 60_000 };
/** Discord closes with 4014 for moves and region changes too, and then sends the new server itself. */
const MOVED = { firstMs: 5_000, limitMs: 30_000 };
const DISCONNECTED_CLOSE = 4014;
/**
 * "Rate limited" and "call terminated (channel deleted, voice server changed, etc.)": Discord's table of voice close codes
 * says of both "Should not reconnect". What they announce comes by itself; if nothing does, a recording that cannot be
 * repeated is worth asking for again, seldom.
 */
const UNWELCOME = { firstMs: 30_000, limitMs: 120_000 };
const UNWELCOME_CLOSES: readonly (number | undefined)[] = [4021, 4022];
/** So long an op 4 may stay unanswered: another one makes the credentials void that the first one brings. */
const ANSWER_MS = 5_000;
/** A connection that stood for less long than this has not ended the trouble before it. */
const STEADY_MS = 30_000;

export const isUnwelcome = (closeCode: number | undefined): boolean => UNWELCOME_CLOSES.includes(closeCode);

/** Milliseconds until the next op 4; undefined when none is due because the connection stands or is over. */
export function rejoinDelayMs(
  { status, closeCode }: ConnectionCondition,
  attempt: number,
  random?: number,
): number | undefined {
  switch (status) {
    case VoiceConnectionStatus.Ready:
    case VoiceConnectionStatus.Destroyed:
      return undefined;
    case VoiceConnectionStatus.Signalling:
    case VoiceConnectionStatus.Connecting:
      return backoffMs(UNDER_WAY, attempt, random);
    case VoiceConnectionStatus.Disconnected:
      if (isUnwelcome(closeCode)) return backoffMs(UNWELCOME, attempt, random);
      if (closeCode === DISCONNECTED_CLOSE) return backoffMs(MOVED, attempt, random);
      // The first time at once, as soon as it is this session's turn (gateway-line.ts).
      return attempt === 0 ? 0 : backoffMs(LOST, attempt, random);
  }
}

export interface Reconnect {
  /** The connection's status changed. */
  changed(condition: ConnectionCondition): void;
  /** Packets can come, or cannot any more. */
  receiving(now: boolean): void;
  /** Ask for fresh credentials in so long, whether or not the connection stands. */
  askIn(delayMs: number): void;
  /** What is due now. `ask` stays due until `asked`; `give-up` is said once. */
  due(): 'ask' | 'give-up' | undefined;
  /** An op 4 went out. @returns how many did since the connection was lost */
  asked(): number;
}

/** @param limitMs - after this long without packets it is given up */
export function createReconnect(limitMs: number, nowMs: () => number, random?: () => number): Reconnect {
  let condition: ConnectionCondition = { status: VoiceConnectionStatus.Signalling };
  let attempt = 0;
  let lostMs: number | undefined = nowMs();
  let readyMs: number | undefined;
  let wishedMs = Infinity;
  let plannedMs = Infinity;

  function plan(): void {
    plannedMs = nowMs() + (rejoinDelayMs(condition, attempt, random?.()) ?? Infinity);
  }

  return {
    changed(next) {
      const stood = condition.status === VoiceConnectionStatus.Ready;
      if (stood && readyMs !== undefined && nowMs() - readyMs >= STEADY_MS) attempt = 0;
      if (next.status === VoiceConnectionStatus.Ready) readyMs = nowMs();
      condition = next;
      plan();
    },
    receiving(now) {
      lostMs = now ? undefined : (lostMs ?? nowMs());
    },
    askIn(delayMs) {
      wishedMs = nowMs() + delayMs;
    },
    due() {
      const atMs = nowMs();
      if (atMs >= plannedMs && lostMs !== undefined && atMs - lostMs >= limitMs) {
        [wishedMs, plannedMs, lostMs] = [Infinity, Infinity, undefined];
        return 'give-up';
      }
      return atMs >= Math.min(wishedMs, plannedMs) ? 'ask' : undefined;
    },
    asked() {
      wishedMs = Infinity;
      if (condition.status !== VoiceConnectionStatus.Ready) attempt += 1;
      plan();
      plannedMs = Math.max(plannedMs, nowMs() + ANSWER_MS);
      return attempt;
    },
  };
}
