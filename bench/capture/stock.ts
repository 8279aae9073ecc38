/** What a bot does that follows the library's guide: subscribes to each speaker and pipes the stream into a file. */
import { createWriteStream, statSync } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EndBehaviorType, joinVoiceChannel } from '@discordjs/voice';
import type { WriteStream } from 'node:fs';
import type { DiscordGatewayAdapterLibraryMethods, VoiceConnection } from '@discordjs/voice';
import { enlargeReceiveBuffer, whenBound } from '../../recorder/voice/receive-buffer.ts';
import { trustCertificates } from '../../recorder/voice/trust.ts';
import {
  BOT_ID,
  channelId,
  guildId,
  PACKET_BYTES,
  speakerId,
  speakersOf,
  VOICE_SESSION,
  VOICE_TOKEN,
} from './setting.ts';
import type { Receiver, ReceiverSetting } from './setting.ts';
import type { Socket } from 'node:dgram';
import type { GatewayVoiceStateUpdateDispatchData } from 'discord-api-types/v10';

/** For what the streams have not yet written when the last datagram has come. */
const SETTLE_MS = 300;
const DISCOVERY_BYTES = 74;

interface Joined {
  connection: VoiceConnection;
  files: { stream: WriteStream; file: string }[];
}

export function openStock({ folder, crowd, endpoint, caPem }: ReceiverSetting): Promise<Receiver> {
  trustCertificates([caPem]);
  const notes: string[] = [];
  let received = 0;

  function join(channel: number): Joined {
    const connection = connect(channel, endpoint);
    connection.on('error', (error) => notes.push(String(error)));
    enlargeBuffers(connection);
    const onUdpMessage = connection.receiver.onUdpMessage.bind(connection.receiver);
    connection.receiver.onUdpMessage = (datagram) => {
      if (datagram.length > DISCOVERY_BYTES) received += 1;
      onUdpMessage(datagram);
    };
    const files = speakersOf(crowd, channel).map((speaker) => {
      const file = path.join(folder, `${speaker}.opus`);
      const opus = connection.receiver.subscribe(speakerId(speaker), {
        end: { behavior: EndBehaviorType.Manual },
      });
      opus.on('error', (error) => notes.push(String(error)));
      return { stream: opus.pipe(createWriteStream(file)), file };
    });
    return { connection, files };
  }

  const joined = Array.from({ length: crowd.channels }, (_, channel) => join(channel));
  return Promise.resolve({
    port: 0,
    applicationPid: 0,
    notes,
    received: () => received,
    async close() {
      await delay(SETTLE_MS);
      for (const { connection } of joined) connection.destroy();
      const files = joined.flatMap((each) => each.files);
      for (const { stream } of files) stream.end();
      await Promise.all(files.map(({ stream }) => finished(stream)));
      return files.reduce((bytes, { file }) => bytes + statSync(file).size, 0) / PACKET_BYTES;
    },
  });
}

function connect(channel: number, endpoint: string): VoiceConnection {
  const ids = { guild_id: guildId(channel), channel_id: channelId(channel) };
  const announce = (methods: DiscordGatewayAdapterLibraryMethods): void => {
    const state = { ...ids, user_id: BOT_ID, session_id: VOICE_SESSION };
    methods.onVoiceStateUpdate(state as GatewayVoiceStateUpdateDispatchData);
    methods.onVoiceServerUpdate({ guild_id: ids.guild_id, token: VOICE_TOKEN, endpoint });
  };
  return joinVoiceChannel({
    guildId: ids.guild_id,
    channelId: ids.channel_id,
    selfDeaf: false,
    adapterCreator: (methods) => ({
      sendPayload: ({ d }: { d: { channel_id: string | null } }) => {
        if (d.channel_id !== null) setImmediate(announce, methods);
        return true;
      },
      destroy: () => undefined,
    }),
  });
}

/** The same kernel buffer as ours, so that both are given the same packets. */
function enlargeBuffers(connection: VoiceConnection): void {
  connection.on('stateChange', (_before, state) => {
    if (!('networking' in state)) return;
    state.networking.on('stateChange', (before, now) => {
      if ('udp' in before || !('udp' in now)) return;
      const { socket } = now.udp as unknown as { socket: Socket };
      whenBound(socket, () => enlargeReceiveBuffer(socket));
    });
  });
}
