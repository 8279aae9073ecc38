/** Who is in a channel, as the recorder is told: names are known only on this side. */
import type { GuildMember, VoiceBasedChannel } from 'discord.js';
import type { Person } from '../../../recorder/protocol.ts';

export const personOf = (member: GuildMember): Person => ({
  userId: member.id,
  displayName: member.displayName,
  bot: member.user.bot,
});

/** Everybody in the channel whose account Discord has told us. */
export const peopleIn = (channel: VoiceBasedChannel): Person[] => channel.members.map(personOf);
