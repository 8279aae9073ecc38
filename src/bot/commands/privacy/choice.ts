/** `/privacy opt-out|opt-in|status`: whether a member is recorded in this server. It holds from this moment on. */
import type { Call, Command } from '../command.ts';

async function choose({ catalog, guild, member, recorder }: Call, refused: boolean): Promise<void> {
  await catalog.guilds.upsert({ id: guild.id, name: guild.name });
  if (refused) await catalog.members.refuse(guild.id, member.id);
  else await catalog.members.allow(guild.id, member.id);
  recorder.consent(guild.id, member.id, refused);
}

export const privacyOptOut: Command = {
  access: 'handler',
  async run(interaction, call) {
    await choose(call, true);
    const isLive = call.recorder.liveIn(call.guild.id) !== undefined;
    await interaction.editReply(call.texts.privacy.optedOut(isLive));
  },
};

export const privacyOptIn: Command = {
  access: 'handler',
  async run(interaction, call) {
    await choose(call, false);
    const isLive = call.recorder.liveIn(call.guild.id) !== undefined;
    await interaction.editReply(call.texts.privacy.optedIn(isLive));
  },
};

export const privacyStatus: Command = {
  access: 'handler',
  async run(interaction, { catalog, guild, member, texts }) {
    const since = await catalog.members.refusedSince(guild.id, member.id);
    const seconds = since && Math.floor(since.getTime() / 1000);
    await interaction.editReply(texts.privacy.status(seconds));
  },
};
