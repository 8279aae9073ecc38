/** Who takes part in a DAVE session: a client's connection, or a simulated member. Both are told the same things. */
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { Connection } from '../connection.ts';
import type { DaveFaults } from '../contract.ts';
import { createWireReader, u16 } from './wire.ts';

export interface Participant {
  readonly userId: string;
  /** Members answer at once and act on a transition when it is executed; a connection takes its time. */
  readonly kind: 'member' | 'connection';
  /** Op 25. */
  externalSender(packageBytes: Buffer): void;
  /** Op 26. A member gives a fresh one; a connection sends its own in its own time. */
  keyPackage(): Buffer | undefined;
  /** Op 27. A member returns its own commit and welcome (op 28) if there is something to commit. */
  proposals(payload: Buffer): Buffer | undefined;
  /** Op 29. */
  announceCommit(transitionId: number, commit: Buffer): void;
  /** Op 30. */
  welcome(transitionId: number, welcome: Buffer): void;
  /** Op 21: media will go by `version` when the transition is executed; transition 0 is executed at once. */
  prepareTransition(transitionId: number, version: 0 | 1): void;
  /** Op 22. */
  execute(transitionId: number): void;
  /** Op 24 with epoch 1: forget the group, make a new key package. */
  prepareFirstEpoch(): void;
}

/** The commit with the number of the epoch before in it (RFC 9420 section 6: version, wire format, group id, epoch). */
function ofTheEpochBefore(commit: Buffer): Buffer {
  const stale = Buffer.from(commit);
  const reader = createWireReader(stale);
  reader.u16();
  reader.u16();
  reader.vector();
  const at = reader.offset();
  stale.writeBigUInt64BE(stale.readBigUInt64BE(at) - 1n, at);
  return stale;
}

export function connectionParticipant(connection: Connection, faults: DaveFaults): Participant {
  return {
    userId: connection.userId,
    kind: 'connection',
    externalSender: (bytes) => connection.sendBinary(VoiceOpcodes.DaveMlsExternalSender, bytes),
    keyPackage: () => undefined,
    proposals(payload) {
      connection.sendBinary(VoiceOpcodes.DaveMlsProposals, payload);
      return undefined;
    },
    announceCommit(id, commit) {
      const told = faults.staleCommits ? ofTheEpochBefore(commit) : commit;
      connection.sendBinary(VoiceOpcodes.DaveMlsAnnounceCommitTransition, Buffer.concat([u16(id), told]));
    },
    welcome: (id, welcome) =>
      connection.sendBinary(VoiceOpcodes.DaveMlsWelcome, Buffer.concat([u16(id), welcome])),
    prepareTransition: (id, version) =>
      connection.send(VoiceOpcodes.DavePrepareTransition, { transition_id: id, protocol_version: version }),
    execute(id) {
      if (faults.unexecuted === 'none')
        connection.send(VoiceOpcodes.DaveExecuteTransition, { transition_id: id });
    },
    prepareFirstEpoch: () =>
      connection.send(VoiceOpcodes.DavePrepareEpoch, { protocol_version: 1, epoch: 1 }),
  };
}
