/** `/show members`: which role lets members have a private feed of a show, and what follows from it. */
import type { RepliableInteraction } from 'discord.js';
import type { Show } from '../../../catalog/index.ts';
import { plain } from '../../plain-text.ts';
import type { Call, Command } from '../command.ts';
import { showOf } from './which.ts';

export const showMembers: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, guild, member, roles } = call;
    const { options } = interaction;
    const show = await showOf(call, options.getString('show'));
    const user = options.getUser('revoke');
    if (user !== null) {
      const holder = { guildId: guild.id, showId: show.id, userId: user.id };
      const had = await catalog.memberFeeds.revoke(holder);
      await interaction.editReply(call.texts.members.revoked(`<@${user.id}>`, had));
      return;
    }
    const role = options.getRole('role');
    const ends = options.getBoolean('remove') === true;
    if (role === null && !ends) return say(interaction, call, show);
    const roleId = ends ? null : (role?.id ?? null);
    const changed = await catalog.memberFeeds.follow(guild.id, show.id, roleId, member.id);
    // Whoever has a feed already is asked about at once: the new role may be theirs.
    roles.catchUp(guild);
    await say(interaction, call, changed);
  },
};

async function say(interaction: RepliableInteraction, call: Call, show: Show): Promise<void> {
  const { guild, texts, followsAtOnce } = call;
  const roleId = show.members_role_id;
  const role = roleId === null ? undefined : roleId === guild.id ? '@everyone' : `<@&${roleId}>`;
  await interaction.editReply(
    role === undefined
      ? texts.members.off(plain(show.title))
      : texts.members.on(plain(show.title), role, followsAtOnce),
  );
}
