/** Finds a message of ours again after a restart, by the custom id of one of its buttons. */
import { type Message, PermissionFlagsBits, SnowflakeUtil, type VoiceBasedChannel } from 'discord.js';

/** How many messages after the moment are looked through: one page of Discord's. */
const PAGE = 100;

/**
 * @param sinceMs - when it was sent at the earliest, Unix milliseconds
 * @param besides - the id of a message that is not the one
 */
export async function findMessage(
  channel: VoiceBasedChannel,
  customId: string,
  sinceMs: number,
  besides?: string,
): Promise<Message | undefined> {
  const { me } = channel.guild.members;
  const needed = [PermissionFlagsBits.ViewChannel, PermissionFlagsBits.ReadMessageHistory];
  if (me === null || !channel.permissionsFor(me).has(needed)) return undefined;
  const after = SnowflakeUtil.generate({ timestamp: sinceMs }).toString();
  const messages = await channel.messages.fetch({ after, limit: PAGE });
  return messages.find(
    ({ id, author, components }) =>
      id !== besides && author.id === me.id && JSON.stringify(components).includes(JSON.stringify(customId)),
  );
}
