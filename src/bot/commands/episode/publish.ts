/** `/episode publish` and the Publish button: into the feed and onto a page. */
import type { RepliableInteraction } from 'discord.js';
import { UserError } from '../../user-error.ts';
import type { Button, Call, Command } from '../command.ts';
import { publishable } from './choices.ts';

/** Asks for publication and its job in one transaction, then follows it in the reply. Throws StateError. */
async function publish(interaction: RepliableInteraction, call: Call, episodeId: string): Promise<void> {
  const { catalog, guild, panels, texts } = call;
  await catalog.transaction(async (trx) => {
    await trx.episodes.publish(guild.id, episodeId);
    await trx.queue.enqueue('publish', { episodeId });
  });
  await panels.followReply(interaction, episodeId, texts);
}

export const episodePublish: Command = {
  access: 'host',
  async run(interaction, call) {
    const picked = interaction.options.getString('episode');
    const [newest] = picked === null ? await publishable(call) : [];
    const episodeId = picked ?? newest?.id;
    if (episodeId === undefined) throw new UserError((say) => say.errors.noEpisode);
    await publish(interaction, call, episodeId);
  },
};

export const publishButton: Button = {
  access: 'host',
  run: (interaction, episodeId, call) => publish(interaction, call, episodeId),
};
