/** `/privacy forget-me`: destroys all that a member said in this server's recordings, after they were asked once more. */
import { ActionRowBuilder, ButtonBuilder, ButtonStyle } from 'discord.js';
import { RecorderRefusal } from '../../recorder-link.ts';
import { UserError } from '../../user-error.ts';
import type { Button, Command } from '../command.ts';

export const FORGET_BUTTON = 'privacy:forget:';

export const privacyForgetMe: Command = {
  access: 'handler',
  async run(interaction, { member, texts: { privacy: say } }) {
    const yes = new ButtonBuilder()
      .setStyle(ButtonStyle.Danger)
      .setLabel(say.forgetButton)
      .setCustomId(`${FORGET_BUTTON}${member.id}`);
    await interaction.editReply({
      content: say.forgetQuestion,
      components: [new ActionRowBuilder<ButtonBuilder>().addComponents(yes)],
    });
  },
};

export const forgetButton: Button = {
  access: 'handler',
  async run(interaction, userId, { catalog, guild, member, recorder, texts: { privacy: say } }) {
    // The reply is for their eyes only; whoever else has the id is not asked.
    if (userId !== member.id) throw new UserError((texts) => texts.errors.notAllowed);
    await interaction.editReply({ content: say.forgetting, components: [] });
    // First, because it takes no time and needs no recorder.
    const feeds = await catalog.memberFeeds.forget(guild.id, member.id);
    const alsoFeeds = feeds === 0 ? '' : `\n${say.feedsForgotten}`;
    try {
      const { sessionIds, live, failed } = await recorder.erase(guild.id, member.id);
      // What they said there goes at its end; what others could download of it goes now.
      for (const sessionId of live) await catalog.exports.endAllOf(sessionId);
      const destroyed = say.forgotten(sessionIds.length, live.length > 0, failed.length);
      await interaction.editReply(`${destroyed}${alsoFeeds}`);
    } catch (error) {
      if (!(error instanceof RecorderRefusal) || error.code !== 'silent') throw error;
      await interaction.editReply(`${say.stillForgetting}${alsoFeeds}`);
    }
  },
};
