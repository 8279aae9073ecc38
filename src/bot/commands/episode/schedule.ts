/** `/episode schedule`: published by itself at a moment to come, or not any more. */
import { NotInCatalogError } from '../../../catalog/index.ts';
import { plain } from '../../plain-text.ts';
import type { Command } from '../command.ts';
import { startOf } from '../webinar/schedule.ts';

const NEVER = /^never$/i;

export const episodeSchedule: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, guild, texts } = call;
    const { options } = interaction;
    const typed = options.getString('when', true).trim();
    const episode = await catalog.episodes.ofGuild(guild.id, options.getString('episode', true));
    if (episode === undefined) throw new NotInCatalogError('episode');
    const title = plain(episode.title);
    if (NEVER.test(typed)) {
      if (episode.publish_at !== null) await catalog.episodes.schedule(guild.id, episode.id, null);
      const { takenBack, notPlanned } = texts.schedule;
      await interaction.editReply((episode.publish_at === null ? notPlanned : takenBack)(title));
      return;
    }
    const { epochMilliseconds } = await startOf(typed, call);
    await catalog.episodes.schedule(guild.id, episode.id, new Date(epochMilliseconds));
    await interaction.editReply(texts.schedule.planned(title, Math.floor(epochMilliseconds / 1000)));
  },
};
