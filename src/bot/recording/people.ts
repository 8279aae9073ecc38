/** Who is in a channel; the recorder is told their names, which are known only on this side. */
import type { Guild, GuildMember, VoiceBasedChannel } from 'discord.js';
import type { Person } from '../../../recorder/protocol.ts';

export const personOf = (member: GuildMember): Person => ({
  userId: member.id,
  displayName: member.displayName,
  bot: member.user.bot,
});

/** Everybody else in the channel whose account Discord has told us. */
export const peopleIn = (channel: VoiceBasedChannel): Person[] =>
  channel.members.filter(({ id }) => id !== channel.client.user.id).map(personOf);

/** An account that Discord has not told us counts as a person's. */
export const isBot = (guild: Guild | undefined, userId: string): boolean =>
  guild?.members.cache.get(userId)?.user.bot === true;

/** How many are in the channel who are no bots. */
export const humansIn = (guild: Guild, channelId: string): number =>
  guild.voiceStates.cache.filter((state) => state.channelId === channelId && !isBot(guild, state.id)).size;
