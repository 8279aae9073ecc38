/** The voice half of the embedded Discord: puts gateway, UDP socket, rooms and credentials together. */
import { createCertificate } from './certificate.ts';
import type { RoomOptions, VoiceServer, VoiceServerOptions } from './contract.ts';
import { cleanNetwork, seededRandom } from './faults.ts';
import { openGateway } from './gateway.ts';
import { createRegistry } from './registry.ts';
import { createRoom, type HostedRoom } from './room.ts';
import { plainShape } from './rtp.ts';
import { ALL_MODES } from './transport-crypto.ts';
import { openVoiceSocket } from './udp.ts';

export type * from './contract.ts';

/** The example of Discord's documentation (voice connections, "Heartbeating"). */
const HEARTBEAT_INTERVAL_MS = 41_250;
const RESUME_WINDOW_US = 60_000_000;

/**
 * Starts the voice gateway (TLS WebSocket) and its UDP socket on loopback, on free ports. The clock stays the caller's:
 * it is not closed here.
 */
export async function startVoiceServer(options: VoiceServerOptions): Promise<VoiceServer> {
  const { clock } = options;
  const random = seededRandom(options.seed ?? 1);
  const faults = { ...cleanNetwork };
  const shape = { ...plainShape };
  const gatewayFaults = { resumedLate: false, readyDelayUs: 0 };
  const rooms = new Map<string, { room: HostedRoom; daveVersion: 0 | 1 }>();
  const ssrcs = new Set<number>();
  const allocateSsrc = (): number => {
    let ssrc = 0;
    while (ssrc === 0 || ssrcs.has(ssrc)) ssrc = Math.floor(random() * 2 ** 32);
    ssrcs.add(ssrc);
    return ssrc;
  };
  const room = (guildId: string, channelId: string, roomOptions: RoomOptions = {}): HostedRoom => {
    const key = `${guildId}/${channelId}`;
    const known = rooms.get(key);
    if (known && known.daveVersion !== (roomOptions.daveVersion ?? known.daveVersion))
      throw new Error(
        `Room ${key} was made for DAVE version ${known.daveVersion}. Use room.dave.setVersion.`,
      );
    if (known) return known.room;
    const made = createRoom({
      ...{ guildId, channelId, clock, random, faults, shape, allocateSsrc },
      options: roomOptions,
    });
    rooms.set(key, { room: made, daveVersion: roomOptions.daveVersion ?? 0 });
    return made;
  };

  const certificate = await createCertificate();
  const udp = await openVoiceSocket((datagram) => registry.received(datagram));
  const registry = createRegistry({
    ...{ clock, udp, allocateSsrc, gatewayFaults },
    modes: options.modes ?? ALL_MODES,
    resumeWindowUs: options.resumeWindowUs ?? RESUME_WINDOW_US,
    roomOf: ({ guildId, channelId }) => room(guildId, channelId),
  });
  const gateway = await openGateway(certificate, registry.host, {
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? HEARTBEAT_INTERVAL_MS,
    forgiving: options.forgiving ?? false,
  });

  return {
    endpoint: `localhost:${gateway.port}`,
    caPem: certificate.certPem,
    faults,
    shape,
    gatewayFaults,
    room,
    expect: registry.expect,
    disconnect: registry.disconnect,
    dropWebSocket: registry.drop,
    async close() {
      for (const open of rooms.values()) open.room.close();
      await gateway.close();
      await udp.close();
    },
  };
}
