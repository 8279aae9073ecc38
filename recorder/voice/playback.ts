/** Says something into the channel: an Ogg Opus file, packet by packet, encrypted by the library as any speech is. */
import { once } from 'node:events';
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
 * @throws the file system's or the demuxer's error when the file cannot be played.
 */
export async function playOpusFile(connection: VoiceConnection, opusPath: string): Promise<void> {
  const player = createAudioPlayer({ behaviors: { noSubscriber: NoSubscriberBehavior.Stop } });
  const subscription = connection.subscribe(player);
  const timer = setTimeout(() => player.stop(true), LIMIT_MS);
  try {
    // The library demuxes Ogg Opus with prism-media and transcodes nothing (TransformGraph, "ogg/opus demuxer").
    player.play(createAudioResource(createReadStream(opusPath), { inputType: StreamType.OggOpus }));
    await once(player, AudioPlayerStatus.Idle);
  } finally {
    clearTimeout(timer);
    player.stop(true);
    subscription?.unsubscribe();
  }
}
