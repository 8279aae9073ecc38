/** The Try again button of an episode whose mastering failed. */
import type { Button } from '../command.ts';

export const retryButton: Button = {
  access: 'host',
  async run(interaction, episodeId, { catalog, guild, panels, texts }) {
    await catalog.transaction(async (trx) => {
      const { session_id: sessionId } = await trx.episodes.remaster(guild.id, episodeId);
      await trx.queue.enqueue('master', { sessionId, episodeId });
    });
    await panels.followReply(interaction, episodeId, texts);
  },
};
