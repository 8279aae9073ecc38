/** `/record stop`: seals the recording, and shows what becomes of it in the reply. */
import type { ChatInputCommandInteraction } from 'discord.js';
import { assertHostOr } from '../../access.ts';
import { plain } from '../../plain-text.ts';
import type { Call, Command } from '../command.ts';

/** Stops the session and follows its mastering in the reply. Throws RecorderRefusal. */
export async function stopAndFollow(
  interaction: ChatInputCommandInteraction<'cached'>,
  { recordings, sealing, panels, texts }: Call,
  sessionId: string,
): Promise<void> {
  const sealed = await recordings.stop(sessionId, 'stop', () => interaction.editReply(texts.record.stopping));
  const episode = (await sealing.settle(sealed))?.episode;
  if (episode) await panels.followReply(interaction, episode.id, texts);
  else await interaction.editReply(texts.record.recordedAlone(plain(sealed.title), sealed.durationUs / 1e6));
}

export const recordStop: Command = {
  access: 'handler',
  async run(interaction, call) {
    const { status, session } = await call.recordings.liveIn(call.guild.id);
    assertHostOr(session?.started_by, call);
    await stopAndFollow(interaction, call, status.sessionId);
  },
};
