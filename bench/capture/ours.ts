/** The whole recorder as it runs in production: root process, forked application, voice link, session folder. */
import path from 'node:path';
import { startRecorder } from '../../recorder/main.ts';
import { readSession, readTrackPackets } from '../../recorder/session/reader.ts';
import { opusPacket, sessionId, speakerId, speakersOf } from './setting.ts';
import type { Receiver, ReceiverSetting } from './setting.ts';

/** Discovery's answer is no voice, but it is received. */
const NO_VOICE_DATAGRAMS = 1;

export async function openOurs({ folder, crowd, endpoint, caPem }: ReceiverSetting): Promise<Receiver> {
  const notes: string[] = [];
  const channels = Array.from({ length: crowd.channels }, (_, channel) => channel);
  const say = (fields: object, message: string): void =>
    void notes.push(`${message} ${JSON.stringify(fields)}`);
  const recorder = await startRecorder({
    dataFolder: folder,
    logger: {
      debug: () => undefined,
      info: (fields, message) => {
        if (message.includes('receive buffer')) say(fields, message);
      },
      warn: say,
      error: say,
    },
    voiceCaPems: [caPem],
    diskFloorBytes: 0,
    handleSignals: false,
    application: {
      modulePath: path.join(import.meta.dirname, 'application.ts'),
      args: [endpoint, String(crowd.channels)],
    },
  });
  return {
    port: 0,
    applicationPid: recorder.applicationPid() ?? 0,
    notes,
    received: () =>
      sum(
        channels,
        (channel) => (recorder.core.counts(sessionId(channel))?.received ?? 0) - NO_VOICE_DATAGRAMS,
      ),
    async close() {
      await recorder.stop('the bench is over');
      let whole = 0;
      for (const channel of channels) {
        const session = path.join(folder, 'sessions', sessionId(channel));
        whole += await wholePackets(session, speakersOf(crowd, channel));
      }
      return whole;
    },
  };
}

const sum = (channels: readonly number[], of: (channel: number) => number): number =>
  channels.reduce((all, channel) => all + of(channel), 0);

/** Packets in the session that are what was sent, each counted once, in its own speaker's track. */
async function wholePackets(folder: string, speakers: readonly number[]): Promise<number> {
  const speakerOf = new Map(speakers.map((speaker) => [speakerId(speaker), speaker]));
  const { tracks } = await readSession(folder);
  let whole = 0;
  for (const track of tracks) {
    const speaker = speakerOf.get(track.userId);
    if (speaker === undefined) continue;
    let before = -1;
    for await (const { opus } of readTrackPackets(track)) {
      if (opus.length < 9) continue;
      const number = new DataView(opus.buffer, opus.byteOffset).getUint32(5);
      if (number > before && opusPacket(speaker, number).equals(opus)) whole += 1;
      before = number;
    }
  }
  return whole;
}
