/** The Try again button of an episode whose mastering failed. */
import type { RepliableInteraction } from 'discord.js';
import type { Button, Call } from '../command.ts';

/** Asks for mastering and its job in one transaction, then follows it in the reply. Throws StateError. */
export async function masterAgain(
  interaction: RepliableInteraction,
  { catalog, guild, panels, texts }: Call,
  episodeId: string,
  edit?: object | null,
): Promise<void> {
  await catalog.transaction(async (trx) => {
    const { session_id: sessionId } = await trx.episodes.remaster(guild.id, episodeId, edit);
    await trx.queue.enqueue('master', { sessionId, episodeId });
  });
  await panels.followReply(interaction, episodeId, texts);
}

export const retryButton: Button = {
  access: 'host',
  run: (interaction, episodeId, call) => masterAgain(interaction, call, episodeId),
};
