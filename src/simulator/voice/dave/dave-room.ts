/** DAVE in one room: simulated members and clients' connections as participants of its delivery service. */
import { VoiceCloseCodes } from 'discord-api-types/voice/v8';
import type { SimClock } from '../../clock.ts';
import type { Connection } from '../connection.ts';
import type { DaveFaults, RoomDave, RoomOptions } from '../contract.ts';
import { createDelivery } from './delivery.ts';
import { createFakeMember, type FakeMember } from './fake-member.ts';
import { connectionParticipant, type Participant } from './participant.ts';
import { createTransitions } from './transition.ts';

export interface DaveRoom extends RoomDave {
  addMember(userId: string): void;
  removeMember(userId: string): void;
  /** What members make of a client's packet; undefined when none of them can decrypt it. */
  decrypt(userId: string, frame: Buffer): Uint8Array | undefined;
  audible(userId: string): boolean;
  whenAudible(userId: string): Promise<void>;
  /** Op 4 is out; `replaced` is the same user's older connection. */
  connected(connection: Connection, replaced: Connection | undefined): void;
  disconnected(connection: Connection): void;
  /** Op 26; returns the close code for one that cannot be read or does not hold. */
  keyPackage(connection: Connection, payload: Buffer): VoiceCloseCodes | undefined;
  /** Op 28; returns the close code for one that cannot be read. */
  commit(connection: Connection, payload: Buffer): VoiceCloseCodes | undefined;
  ready(connection: Connection, transitionId: number): void;
  invalid(connection: Connection): void;
}

export interface DaveRoomSetting {
  readonly clock: SimClock;
  readonly channelId: string;
  readonly committer: NonNullable<RoomOptions['committer']>;
  readonly recognizedUserIds: () => string[];
}

export function createDaveRoom(setting: DaveRoomSetting): DaveRoom {
  const { clock, channelId, committer, recognizedUserIds } = setting;
  const members = new Map<string, FakeMember>();
  const clients = new Map<Connection, Participant>();
  let waiting: { userId: string; resolve: () => void }[] = [];
  const audible = (userId: string): boolean => members.get(userId)?.audible() ?? false;
  const changed = (): void => {
    const heard = waiting.filter(({ userId }) => audible(userId));
    waiting = waiting.filter((waiter) => !heard.includes(waiter));
    for (const { resolve } of heard) resolve();
  };
  const faults: DaveFaults = { staleCommits: false, unexecuted: 'none' };
  const transitions = createTransitions(clock, () => faults.unexecuted === 'all');
  const delivery = createDelivery({ clock, channelId, committer, changed, transitions });

  const judged = (
    connection: Connection,
    take: (participant: Participant) => void,
  ): VoiceCloseCodes | undefined => {
    const participant = clients.get(connection);
    try {
      if (participant) take(participant);
      return undefined;
    } catch (error) {
      if (error instanceof RangeError) return VoiceCloseCodes.BadRequest;
      throw error;
    }
  };

  return {
    faults,
    version: delivery.version,
    epoch: () => delivery.group().epoch,
    memberUserIds: () => delivery.group().leaves.flatMap((leaf) => leaf?.userId ?? []),
    privacyCode: () =>
      [...members.values()].map((member) => member.privacyCode()).find((code) => code !== undefined),
    setVersion: delivery.setVersion,
    addMember(userId) {
      const member = createFakeMember(userId, channelId, delivery.version(), recognizedUserIds);
      members.set(userId, member);
      delivery.join(member);
    },
    removeMember(userId) {
      const member = members.get(userId);
      members.delete(userId);
      if (member) delivery.leave(member);
    },
    audible,
    whenAudible(userId) {
      if (audible(userId)) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ userId, resolve }));
    },
    encrypt: (userId, opus) => members.get(userId)?.encrypt(opus),
    decrypt(userId, frame) {
      for (const member of members.values()) {
        const opus = member.decrypt(userId, frame);
        if (opus) return opus;
      }
      return undefined;
    },
    connected(connection, replaced) {
      const participant = connectionParticipant(connection, faults);
      const old = replaced && clients.get(replaced);
      if (replaced) clients.delete(replaced);
      clients.set(connection, participant);
      if (old) delivery.replace(old, participant);
      else delivery.join(participant);
    },
    disconnected(connection) {
      const participant = clients.get(connection);
      clients.delete(connection);
      if (participant) delivery.leave(participant);
    },
    keyPackage: (connection, payload) =>
      judged(connection, (participant) => {
        delivery.keyPackage(participant, payload);
      }),
    commit: (connection, payload) =>
      judged(connection, (participant) => {
        // A commit that does not count is passed over in silence: another member's has won, or will.
        delivery.commit(participant, payload);
      }),
    ready(connection, transitionId) {
      const participant = clients.get(connection);
      if (participant) delivery.ready(participant, transitionId);
    },
    invalid(connection) {
      const participant = clients.get(connection);
      if (participant) delivery.invalid(participant);
    },
  };
}
