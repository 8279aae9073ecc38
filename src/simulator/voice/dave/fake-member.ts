/** A simulated member's side of DAVE: the real MLS client (davey), doing what Discord's own clients do. */
import { DAVESession } from '@snazzah/davey';
import type { Participant } from './participant.ts';

const PROTOCOL_VERSION = 1;
/** Closes a spurt, and is never encrypted by @discordjs/voice (dist/index.js, DAVESession.encrypt). */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

export interface FakeMember extends Participant {
  readonly kind: 'member';
  /** Undefined while the member has no key. In a room that was downgraded, the packet itself. */
  encrypt(opus: Uint8Array): Buffer | undefined;
  /** Another's packet; undefined when it does not hold under that user's key. */
  decrypt(senderUserId: string, frame: Buffer): Buffer | undefined;
  audible(): boolean;
  privacyCode(): string | undefined;
}

/**
 * davey encrypts with the new epoch's key as soon as it has processed a commit. A sender must not before op 22 (DAVE
 * whitepaper, "Commit Handling"), so commits and welcomes wait here until their transition is executed.
 * `recognizedUserIds` are those that the gateway has named (op 11) and not taken back (op 13).
 */
export function createFakeMember(
  userId: string,
  channelId: string,
  version: 0 | 1,
  recognizedUserIds: () => string[],
): FakeMember {
  const session = new DAVESession(PROTOCOL_VERSION, userId, channelId);
  let encrypting = version > 0;
  let prepared: { transitionId: number; apply: () => void } | undefined;
  const prepare = (transitionId: number, apply: () => void): void => {
    prepared = { transitionId, apply };
  };
  const audible = (): boolean => !encrypting || session.ready;

  return {
    userId,
    kind: 'member',
    externalSender: (packageBytes) => session.setExternalSender(packageBytes),
    keyPackage: () => session.getSerializedKeyPackage(),
    proposals(payload) {
      const { commit, welcome } = session.processProposals(
        // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- Op 27 opens with its number; a const enum of another package cannot be imported.
        payload.readUInt8(0),
        payload.subarray(1),
        recognizedUserIds(),
      );
      return commit && Buffer.concat([commit, welcome ?? Buffer.alloc(0)]);
    },
    announceCommit: (id, commit) =>
      prepare(id, () => {
        session.processCommit(commit);
        encrypting = true;
      }),
    welcome: (id, welcome) =>
      prepare(id, () => {
        session.processWelcome(welcome);
        encrypting = true;
      }),
    prepareTransition(id, next) {
      const apply = (): void => {
        encrypting = next > 0;
      };
      if (id === 0) apply();
      else prepare(id, apply);
    },
    execute(transitionId) {
      if (prepared?.transitionId !== transitionId) return;
      const { apply } = prepared;
      prepared = undefined;
      apply();
    },
    prepareFirstEpoch() {
      prepared = undefined;
      session.reinit(PROTOCOL_VERSION, userId, channelId);
    },
    audible,
    encrypt: (opus) => {
      if (!encrypting) return Buffer.from(opus);
      return session.ready ? session.encryptOpus(Buffer.from(opus)) : undefined;
    },
    decrypt(senderUserId, frame) {
      if (!encrypting || frame.equals(SILENCE)) return frame;
      try {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- MediaType.AUDIO; a const enum of another package cannot be imported.
        return session.ready ? session.decrypt(senderUserId, 0, frame) : undefined;
      } catch {
        return undefined;
      }
    },
    privacyCode: () => session.voicePrivacyCode || undefined,
  };
}
