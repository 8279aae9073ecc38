/** End-to-end decryption (DAVE) of one voice connection, without the ways in which the library loses or mistakes frames. */
import type { DAVESession } from '@discordjs/voice';

/** The Opus packet; or not yet (no keys, but they may come); or never. */
export type DaveOutcome = Buffer | 'wait' | 'undecryptable';

/** Smallest supplement: 8-byte tag, one byte of nonce, its own length, the two magic bytes (protocol.md, "Payload Format"). */
const SMALLEST_SUPPLEMENT = 12;

/** Whether a frame carries DAVE's trailer `... size FA FA`, so that it cannot be taken for Opus. */
export function isProtocolFrame(frame: Buffer): boolean {
  const { length } = frame;
  if (length < SMALLEST_SUPPLEMENT || frame[length - 1] !== 0xfa || frame[length - 2] !== 0xfa) return false;
  const supplement = frame[length - 3]!;
  return supplement >= SMALLEST_SUPPLEMENT && supplement <= length;
}

/**
 * Decrypts one frame. Without a session, or at protocol version 0 (stages), the frame is Opus as it is. Until the MLS
 * group is joined the library would hand ciphertext out as Opus; here it waits.
 * The session must have been made with an infinite `decryptionFailureTolerance`: otherwise it throws from the 37th
 * failure on and never recovers from transition 0.
 */
export function openDaveFrame(dave: DAVESession | undefined, frame: Buffer, userId: string): DaveOutcome {
  if (dave === undefined) return frame;
  if (dave.protocolVersion > 0 && dave.session?.ready !== true) {
    return isProtocolFrame(frame) ? 'wait' : frame;
  }
  try {
    return dave.decrypt(frame, userId) ?? 'undecryptable';
  } catch {
    return 'undecryptable';
  }
}

/** Frames of one sender that may fail in a row before the group is joined anew: the library's own tolerance. */
const FAILURES_BEFORE_RECOVERY = 36;
/** A recovery costs every speaker some frames, so one broken sender may not cause them without end. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;

export interface FailureWatch {
  succeeded(userId: string): void;
  /** Counts a failure; true when the session should be recovered now. */
  failed(userId: string, nowMs: number): boolean;
}

/** Counts failures by sender: the library's own counter is cleared by any other speaker who can be heard. */
export function createFailureWatch(): FailureWatch {
  const inARow = new Map<string, number>();
  const pauses = new Map<string, number>();
  let nextRecoveryMs = -Infinity;
  return {
    succeeded(userId) {
      if (inARow.delete(userId)) pauses.delete(userId);
    },
    failed(userId, nowMs) {
      const failures = (inARow.get(userId) ?? 0) + 1;
      inARow.set(userId, failures);
      if (failures <= FAILURES_BEFORE_RECOVERY || nowMs < nextRecoveryMs) return false;
      const pauseMs = pauses.get(userId) ?? FIRST_PAUSE_MS;
      pauses.set(userId, Math.min(LONGEST_PAUSE_MS, pauseMs * 2));
      nextRecoveryMs = nowMs + pauseMs;
      inARow.set(userId, 0);
      return true;
    },
  };
}

/**
 * Asks the voice server to add us anew (op 31). The library skips this for transition 0, the first group of a call, by
 * a truthiness test; MLS transition ids start at 0.
 */
export function recoverDave(dave: DAVESession): void {
  dave.recoverFromInvalidTransition(dave.lastTransitionId ?? 0);
}

/**
 * Keeps a bad MLS message from ending the process: the library lets these two throw inside the WebSocket's message
 * handler, an uncaught exception. The session is recovered instead.
 */
export function guardDave(dave: DAVESession, onFault: (error: unknown) => void): void {
  const processProposals = dave.processProposals.bind(dave);
  const setExternalSender = dave.setExternalSender.bind(dave);
  dave.processProposals = (payload, connectedClients) => {
    try {
      return processProposals(payload, connectedClients);
    } catch (error) {
      onFault(error);
      recoverDave(dave);
      return undefined;
    }
  };
  dave.setExternalSender = (externalSender) => {
    try {
      setExternalSender(externalSender);
    } catch (error) {
      onFault(error);
      recoverDave(dave);
    }
  };
}
