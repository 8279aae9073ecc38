/** Says the notice aloud. On a stage only speakers are heard: the bot steps up for it, and down again. */
import { ChannelType, type VoiceBasedChannel } from 'discord.js';
import type { RecorderLink } from '../recorder-link.ts';

/** @param opusPath - Ogg Opus. Throws when Discord does not let it speak, or the recorder cannot play it. */
export async function sayNotice(
  recorder: RecorderLink,
  channel: VoiceBasedChannel,
  sessionId: string,
  opusPath: string,
): Promise<void> {
  const voice = channel.guild.members.me?.voice;
  const isInAudience = channel.type === ChannelType.GuildStageVoice && voice?.suppress !== false;
  if (isInAudience) await voice?.setSuppressed(false);
  try {
    await recorder.play(sessionId, opusPath);
  } finally {
    if (isInAudience) await voice?.setSuppressed(true);
  }
}
