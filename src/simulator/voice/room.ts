/** One channel's room: who is in it, who hears what, and what each is told about the others. */
import { VoiceCloseCodes, VoiceOpcodes, VoiceSpeakingFlags } from 'discord-api-types/voice/v8';
import type { SimClock } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { HeardPacket, RoomOptions, SimSpeaker, VoiceRoom } from './contract.ts';
import { createDaveRoom, type DaveRoom } from './dave/dave-room.ts';
import { deliveryDelaysUs, type NetworkFaults, type Random } from './faults.ts';
import { buildRtp, type PacketShape, type RtpPacket } from './rtp.ts';
import { createSpeaker, type SpeakerPort } from './speaker.ts';
import { createTruth } from './truth.ts';

export interface RoomSetting {
  readonly guildId: string;
  readonly channelId: string;
  readonly options: RoomOptions;
  readonly clock: SimClock;
  readonly random: Random;
  /** The server's own, overridden by the room's and the speaker's. */
  readonly faults: Readonly<NetworkFaults>;
  readonly shape: Readonly<PacketShape>;
  readonly allocateSsrc: () => number;
}

/** A room as the server sees it. */
export interface HostedRoom extends VoiceRoom {
  readonly daveVersion: () => 0 | 1;
  readonly daveRoom: DaveRoom | undefined;
  /** A client has identified: it learns of the others, and they of it. */
  admit(connection: Connection): void;
  /** Its op 4 is out: it learns the SSRCs. Older connections of the same user end here, and are returned. */
  selected(connection: Connection): Connection[];
  release(connection: Connection): void;
  clientSpeaks(connection: Connection, flags: number): void;
  clientSent(connection: Connection, packet: RtpPacket): void;
  close(): void;
}

export function createRoom(setting: RoomSetting): HostedRoom {
  const { clock, random } = setting;
  const truth = createTruth();
  const faults: Partial<NetworkFaults> = {};
  const shape: Partial<PacketShape> = {};
  const speakers = new Map<string, SimSpeaker>();
  const announced = new Set<SimSpeaker>();
  const heard = new Map<string, HeardPacket[]>();
  const introduced = new Set<Connection>();
  let connections: Connection[] = [];
  const waiting: { userId: string; resolve: () => void }[] = [];

  const deafened = new Set<string>();
  const listening = (): Connection[] => connections.filter((connection) => connection.selected());
  const hearing = (): Connection[] =>
    listening().filter((connection) => !connection.silenced() && !deafened.has(connection.userId));
  const userIds = (): Set<string> =>
    new Set([...speakers.keys(), ...connections.map(({ userId }) => userId)]);
  const broadcast = (op: VoiceOpcodes, body: unknown, exceptUserId?: string): void => {
    for (const connection of connections) if (connection.userId !== exceptUserId) connection.send(op, body);
  };
  const speaking = ({ userId, ssrc }: SimSpeaker): unknown => ({
    user_id: userId,
    ssrc,
    speaking: VoiceSpeakingFlags.Microphone,
  });
  const announce = (speaker: SimSpeaker): void => {
    if (announced.has(speaker) || speakers.get(speaker.userId) !== speaker) return;
    announced.add(speaker);
    broadcast(VoiceOpcodes.Speaking, speaking(speaker));
  };
  const deliver = async (packet: RtpPacket): Promise<void> => {
    await Promise.all(hearing().map((connection) => connection.transmit(packet)));
  };

  const port: SpeakerPort = {
    clock,
    random,
    audible: (userId) => dave?.audible(userId) ?? true,
    whenAudible: (userId) => dave?.whenAudible(userId) ?? Promise.resolve(),
    protect(speaker, opus) {
      if (!dave) return opus;
      const frame = dave.encrypt(speaker.userId, opus);
      if (frame && speaker.garbled) frame[0] = frame[0]! ^ 0xff;
      return frame;
    },
    announce(speaker, delayUs) {
      if (delayUs === 0) announce(speaker);
      else if (delayUs !== 'never')
        clock.at(clock.nowUs() + delayUs, () => {
          announce(speaker);
        });
    },
    async transmit(speaker, frame, said) {
      const packet = buildRtp(frame, { ...setting.shape, ...shape, ...speaker.shape });
      const delaysUs = deliveryDelaysUs({ ...setting.faults, ...faults, ...speaker.faults }, random);
      const { ssrc, sequence, timestamp } = frame;
      truth.record(speaker.userId, {
        ...{ ssrc, sequence, timestamp, ...said },
        sentUs: clock.nowUs(),
        dropped: delaysUs.length === 0,
        recipients: hearing().length,
      });
      for (const delayUs of delaysUs)
        if (delayUs === 0) await deliver(packet);
        else clock.at(clock.nowUs() + delayUs, () => deliver(packet));
    },
    left(speaker) {
      speakers.delete(speaker.userId);
      announced.delete(speaker);
      broadcast(VoiceOpcodes.ClientDisconnect, { user_id: speaker.userId });
      dave?.removeMember(speaker.userId);
    },
  };
  const dave = setting.options.daveVersion
    ? createDaveRoom({
        ...{ clock, channelId: setting.channelId, committer: setting.options.committer ?? 'members' },
        recognizedUserIds: () => [...userIds()],
      })
    : undefined;

  return {
    guildId: setting.guildId,
    channelId: setting.channelId,
    daveVersion: () => dave?.version() ?? 0,
    daveRoom: dave,
    truth,
    faults,
    shape,
    dave,
    connectedUserIds: () => [...new Set(listening().map(({ userId }) => userId))],
    whenConnected(userId) {
      if (listening().some((connection) => connection.userId === userId)) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ userId, resolve }));
    },
    addSpeaker(userId, options = {}) {
      if (userIds().has(userId)) throw new Error(`${userId} is already in room ${setting.channelId}.`);
      const firstSpurt = (truth.of(userId).at(-1)?.spurt ?? -1) + 1;
      const speaker = createSpeaker({ userId, ssrc: setting.allocateSsrc(), firstSpurt }, port, options);
      speakers.set(userId, speaker);
      broadcast(VoiceOpcodes.ClientsConnect, { user_ids: [userId] });
      dave?.addMember(userId);
      return speaker;
    },
    speaker: (userId) => speakers.get(userId),
    speakers: () => [...speakers.values()],
    deafen(userId, until) {
      if (until === 'lifted') deafened.add(userId);
      else for (const connection of connections) if (connection.userId === userId) connection.silence(until);
    },
    undeafen(userId) {
      deafened.delete(userId);
      for (const connection of connections) if (connection.userId === userId) connection.unsilence();
    },
    reannounce() {
      for (const connection of connections) {
        const others = [...userIds()].filter((userId) => userId !== connection.userId);
        connection.send(VoiceOpcodes.ClientsConnect, { user_ids: others });
      }
      for (const speaker of speakers.values()) {
        announced.add(speaker);
        broadcast(VoiceOpcodes.Speaking, speaking(speaker));
      }
    },
    wireTo(userId) {
      const wire = connections.findLast((connection) => connection.userId === userId)?.wire();
      if (!wire) throw new Error(`${userId} has no connection with a session description.`);
      return wire;
    },
    admit(connection) {
      const { userId } = connection;
      const others = [...userIds()].filter((other) => other !== userId);
      const known = connections.some((other) => other.userId === userId);
      connections.push(connection);
      connection.send(VoiceOpcodes.ClientsConnect, { user_ids: others });
      if (!known) broadcast(VoiceOpcodes.ClientsConnect, { user_ids: [userId] }, userId);
    },
    selected(connection) {
      const { userId } = connection;
      const replaced = connections
        .slice(0, connections.indexOf(connection))
        .filter((other) => other.userId === userId);
      connections = connections.filter((other) => !replaced.includes(other));
      // Its session is no longer the user's: identifying anew ends the old one with 4006 (abalabahaha/eris#1448).
      for (const old of replaced) old.close(VoiceCloseCodes.SessionNoLongerValid);
      for (const speaker of announced) connection.send(VoiceOpcodes.Speaking, speaking(speaker));
      dave?.connected(
        connection,
        replaced.find((old) => old.selected()),
      );
      for (const waiter of waiting.filter((other) => other.userId === userId)) {
        waiting.splice(waiting.indexOf(waiter), 1);
        waiter.resolve();
      }
      return replaced;
    },
    release(connection) {
      if (!connections.includes(connection)) return;
      connections = connections.filter((other) => other !== connection);
      if (!userIds().has(connection.userId))
        broadcast(VoiceOpcodes.ClientDisconnect, { user_id: connection.userId });
      dave?.disconnected(connection);
    },
    heardFrom: (userId) => heard.get(userId) ?? [],
    // Docs, Voice Connections, "Speaking": at least one op 5 comes before any voice.
    clientSent(connection, { header, body }) {
      const { userId, ssrc } = connection;
      const opus = dave ? dave.decrypt(userId, body) : body;
      if (!introduced.has(connection) || opus === undefined) return;
      const packet = { ssrc, sequence: header.readUInt16BE(2), timestamp: header.readUInt32BE(4), opus };
      const packets = heard.get(userId);
      if (packets) packets.push(packet);
      else heard.set(userId, [packet]);
    },
    clientSpeaks(connection, flags) {
      const { userId, ssrc } = connection;
      introduced.add(connection);
      broadcast(VoiceOpcodes.Speaking, { user_id: userId, ssrc, speaking: flags }, userId);
    },
    close() {
      for (const speaker of [...speakers.values()]) speaker.leave();
    },
  };
}
