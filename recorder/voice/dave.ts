/** End-to-end decryption (DAVE) of one voice connection, without the ways in which the library loses or mistakes frames. */
import type { DAVESession } from '@discordjs/voice';
import { isProtocolFrame } from './dave-frame.ts';

/** The MLS session (davey) inside the library's wrapper. */
export type MlsSession = NonNullable<DAVESession['session']>;

/** Opus; or no group yet (`wait`); or no key now, though one may come (`failed`); or never (`refused`). */
export type DaveOutcome = Buffer | 'wait' | 'failed' | 'refused';

export interface DaveKeys {
  /** Whether a frame is encrypted, as far as its trailer and the version in force tell. */
  seals(frame: Buffer): boolean;
  open(frame: Buffer, userId: string): DaveOutcome;
  /** Nothing is encrypted, or the group is joined. */
  ready(): boolean;
  /**
   * Asks the voice server to add us anew (op 31), even if it was asked before: the request may have gone down with its
   * WebSocket, and the library would wait for ever.
   */
  recover(): void;
}

/** How long frames under former keys, or none, may still be on their way: `RATCHET_EXPIRY` of davey. */
const UNDER_WAY_MS = 10_000;
const AUDIO = 0;
/** Never encrypted (Opus silence; protocol.md, "Silence Packets"). */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

function tryOpen(session: MlsSession | undefined, frame: Buffer, userId: string): Buffer | undefined {
  if (session?.ready !== true) return undefined;
  try {
    return session.decrypt(userId, AUDIO, frame);
  } catch {
    return undefined;
  }
}

/**
 * Takes over the decryption of a connection, and mends its wrapper in place:
 * - A bad MLS message recovers the session; the library lets it throw inside the WebSocket's message handler, where it
 *   ends the process.
 * - Joining the group anew keeps the former session's keys for what is on its way; davey's `reinit` forgets them.
 * - While the version changes, plain frames are taken from the preparation until all that was sent has arrived; davey
 *   refuses them until the change is executed, and always from members who come in between.
 * Until the group is joined the library would hand ciphertext out as Opus; here such frames wait.
 */
export function takeDave(
  dave: DAVESession,
  nowMs: () => number,
  onFault: (error: unknown) => void,
): DaveKeys {
  let externalSender: Buffer | undefined;
  let former: { session: MlsSession; untilMs: number } | undefined;
  let plainUntilMs = 0;

  const original = {
    reinit: dave.reinit.bind(dave),
    processProposals: dave.processProposals.bind(dave),
    setExternalSender: dave.setExternalSender.bind(dave),
    prepareTransition: dave.prepareTransition.bind(dave),
    executeTransition: dave.executeTransition.bind(dave),
    prepareEpoch: dave.prepareEpoch.bind(dave),
  };

  /** The library skips transition 0, the first group of a call, by a truthiness test in one of its two callers. */
  const recover = (): void => dave.recoverFromInvalidTransition(dave.lastTransitionId ?? 0);

  function orRecover<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      onFault(error);
      recover();
      return undefined;
    }
  }

  dave.reinit = () => {
    const { session } = dave;
    if (dave.protocolVersion > 0 && session !== undefined) {
      if (session.ready) former = { session, untilMs: nowMs() + UNDER_WAY_MS };
      dave.session = undefined;
    }
    original.reinit();
    if (externalSender !== undefined) dave.session?.setExternalSender(externalSender);
  };
  dave.setExternalSender = (payload) => {
    orRecover(() => {
      original.setExternalSender(payload);
      externalSender = payload;
    });
  };
  dave.processProposals = (payload, connectedClients) =>
    orRecover(() => original.processProposals(payload, connectedClients));
  dave.prepareTransition = (change) => {
    if (change.protocol_version === 0) plainUntilMs = Infinity;
    return original.prepareTransition(change);
  };
  dave.prepareEpoch = (epoch) => {
    if (dave.protocolVersion === 0) plainUntilMs = Infinity;
    original.prepareEpoch(epoch);
  };
  dave.executeTransition = (transitionId) => {
    const executed = original.executeTransition(transitionId);
    if (executed && dave.protocolVersion > 0 && plainUntilMs === Infinity) {
      plainUntilMs = nowMs() + UNDER_WAY_MS;
    }
    return executed;
  };

  const takesPlain = (): boolean =>
    dave.protocolVersion === 0 || dave.session?.ready !== true || nowMs() < plainUntilMs;

  function openSealed(frame: Buffer, userId: string): DaveOutcome {
    const opened = tryOpen(dave.session, frame, userId);
    if (opened !== undefined) return opened;
    if (former !== undefined && nowMs() > former.untilMs) former = undefined;
    const formerly = tryOpen(former?.session, frame, userId);
    if (formerly !== undefined) return formerly;
    // Opus may end like a protocol frame, though seldom.
    if (dave.protocolVersion === 0) return frame;
    return dave.session?.ready === true ? 'failed' : 'wait';
  }

  return {
    seals: (frame) => dave.session !== undefined && isProtocolFrame(frame),
    open(frame, userId) {
      if (dave.session !== undefined && isProtocolFrame(frame)) return openSealed(frame, userId);
      return frame.equals(SILENCE) || takesPlain() ? frame : 'refused';
    },
    ready: () => dave.protocolVersion === 0 || dave.session?.ready === true,
    recover() {
      dave.reinitializing = false;
      recover();
    },
  };
}
