/** Says something into the channel: an Ogg Opus file, packet by packet, encrypted by the library as any speech is. */
import { createReadStream } from 'node:fs';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  NoSubscriberBehavior,
  StreamType,
} from '@discordjs/voice';
import type { VoiceConnection } from '@discordjs/voice';

/** A notice is a sentence; whatever is longer is cut off. */
const LIMIT_MS = 60_000;

/**
 * Resolves when it was said, or when the connection went away meanwhile.
 * @throws when the file cannot be read, or is no Ogg Opus.
 */
export async function playOpusFile(connection: VoiceConnection, opusPath: string): Promise<void> {
  const player = createAudioPlayer({ behaviors: { noSubscriber: NoSubscriberBehavior.Stop } });
  // The library's error carries the whole player; what matters in it is one sentence. Idle follows it.
  let fault: string | undefined;
  player.once('error', (error: Error) => (fault = error.message));
  const idle = new Promise((resolve) => player.once(AudioPlayerStatus.Idle, resolve));
  const subscription = connection.subscribe(player);
  const timer = setTimeout(() => player.stop(true), LIMIT_MS);
  try {
    // The library demuxes Ogg Opus with prism-media and transcodes nothing (TransformGraph, "ogg/opus demuxer").
    player.play(createAudioResource(createReadStream(opusPath), { inputType: StreamType.OggOpus }));
    await idle;
    if (fault !== undefined) throw new Error(`${opusPath} cannot be played: ${fault}`);
  } finally {
    clearTimeout(timer);
    player.stop(true);
    subscription?.unsubscribe();
  }
}
