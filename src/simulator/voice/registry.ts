/** Who may connect, and which connections there are: credentials, identify, resume, and how a connection ends. */
import { VoiceCloseCodes, VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { SimClock } from '../clock.ts';
import { createConnection, type Connection } from './connection.ts';
import type { EncryptionMode, GatewayFaults, VoiceCredentials, VoiceServer } from './contract.ts';
import type { GatewayHost } from './gateway.ts';
import type { HostedRoom } from './room.ts';
import type { VoiceSocket } from './udp.ts';

export interface RegistrySetting {
  readonly clock: SimClock;
  readonly modes: readonly EncryptionMode[];
  readonly resumeWindowUs: number;
  readonly udp: VoiceSocket;
  readonly allocateSsrc: () => number;
  readonly roomOf: (credentials: VoiceCredentials) => HostedRoom;
  readonly gatewayFaults: Readonly<GatewayFaults>;
}

export interface Registry {
  readonly host: GatewayHost;
  readonly expect: VoiceServer['expect'];
  readonly disconnect: VoiceServer['disconnect'];
  readonly drop: VoiceServer['dropWebSocket'];
  /** A datagram that is no IP discovery; the SSRC says whose. */
  received(datagram: Buffer): void;
}

/** What the other side sees when a WebSocket breaks without a close frame (RFC 6455 section 7.1.5). */
const ABNORMAL_CLOSE = 1006;
const SERVER_CRASHED: number = VoiceCloseCodes.VoiceServerCrashed;

/** Codes after which a client resumes instead of identifying anew: anything but a wish to leave, or "server crashed". */
const resumable = (code: number): boolean =>
  code === SERVER_CRASHED || (code < 4000 && code !== 1000 && code !== 1001);

export function createRegistry(setting: RegistrySetting): Registry {
  const { clock, roomOf } = setting;
  const expected = new Map<string, VoiceCredentials>();
  const live = new Map<Connection, { room: HostedRoom; cancelExpiry: () => void }>();

  const end = (connection: Connection): void => {
    const entry = live.get(connection);
    if (!entry) return;
    live.delete(connection);
    entry.cancelExpiry();
    entry.room.release(connection);
  };
  const ofUser = (userId: string, guildId?: string): Connection[] =>
    [...live.keys()].filter(
      ({ credentials }) =>
        credentials.userId === userId && (guildId === undefined || credentials.guildId === guildId),
    );
  /** Undefined when the connection was ended while its last messages were on their way. */
  const roomWith = (connection: Connection): HostedRoom | undefined => live.get(connection)?.room;

  const host: GatewayHost = {
    identify(request, socket) {
      const credentials = expected.get(`${request.server_id}/${request.user_id}`);
      if (credentials?.sessionId !== request.session_id) return VoiceCloseCodes.SessionNoLongerValid;
      if (credentials.token !== request.token) return VoiceCloseCodes.AuthenticationFailed;
      const room = roomOf(credentials);
      if (request.max_dave_protocol_version < room.daveVersion())
        return VoiceCloseCodes.EndToEndEncryptionDAVEProtocolRequired;
      // A user is in one channel of a guild: being moved ends the other connection (discord-api-docs#2450).
      for (const other of ofUser(credentials.userId, credentials.guildId))
        if (other.credentials.channelId !== credentials.channelId) {
          other.close(VoiceCloseCodes.Disconnected);
          end(other);
        }
      const { modes, udp } = setting;
      const ssrc = setting.allocateSsrc();
      const connection = createConnection({ credentials, ssrc, modes, daveVersion: room.daveVersion, udp });
      live.set(connection, { room, cancelExpiry: () => undefined });
      connection.attach(socket);
      const admit = (): void => {
        if (!live.has(connection)) return;
        connection.reply(VoiceOpcodes.Ready, { ssrc, ip: udp.ip, port: udp.port, modes });
        room.admit(connection);
      };
      const { readyDelayUs } = setting.gatewayFaults;
      if (readyDelayUs === 0) admit();
      else clock.at(clock.nowUs() + readyDelayUs, admit);
      return connection;
    },
    resume(request, socket) {
      const connection = [...live.keys()].find(
        ({ credentials }) =>
          credentials.guildId === request.server_id && credentials.sessionId === request.session_id,
      );
      if (!connection?.selected()) return VoiceCloseCodes.SessionNoLongerValid;
      if (connection.credentials.token !== request.token) return VoiceCloseCodes.AuthenticationFailed;
      live.get(connection)!.cancelExpiry();
      connection.attach(socket);
      if (connection.resume(request.seq_ack, setting.gatewayFaults.resumedLate)) return connection;
      end(connection);
      return VoiceCloseCodes.SessionNoLongerValid;
    },
    selected(connection) {
      for (const replaced of roomWith(connection)?.selected(connection) ?? []) end(replaced);
    },
    speaking: (connection, flags) => roomWith(connection)?.clientSpeaks(connection, flags),
    transitionReady: (connection, id) => roomWith(connection)?.daveRoom?.ready(connection, id),
    invalidTransition: (connection) => roomWith(connection)?.daveRoom?.invalid(connection),
    keyPackage: (connection, payload) => roomWith(connection)?.daveRoom?.keyPackage(connection, payload),
    commit: (connection, payload) => roomWith(connection)?.daveRoom?.commit(connection, payload),
    closed(connection, socket, code) {
      connection.detach(socket);
      const entry = live.get(connection);
      if (!entry || connection.attached()) return;
      if (resumable(code) && connection.selected())
        entry.cancelExpiry = clock.at(clock.nowUs() + setting.resumeWindowUs, () => {
          end(connection);
        });
      else end(connection);
    },
  };

  return {
    host,
    expect(credentials) {
      expected.set(`${credentials.guildId}/${credentials.userId}`, credentials);
    },
    disconnect(userId, closeCode, guildId) {
      for (const connection of ofUser(userId, guildId)) {
        if (closeCode === ABNORMAL_CLOSE) connection.drop();
        else connection.close(closeCode);
        if (!resumable(closeCode)) end(connection);
      }
    },
    received(datagram) {
      if (datagram.length < 12) return;
      const ssrc = datagram.readUInt32BE(8);
      const connection = [...live.keys()].find((each) => each.ssrc === ssrc);
      const packet = connection?.receive(datagram);
      if (connection && packet) roomWith(connection)?.clientSent(connection, packet);
    },
    drop(userId, guildId) {
      for (const connection of ofUser(userId, guildId)) connection.drop();
    },
  };
}
