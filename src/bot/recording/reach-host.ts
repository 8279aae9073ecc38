/** Where a host reads what became of a recording: in the chat of one of its channels, else in a direct message. */
import type { Message, MessageCreateOptions } from 'discord.js';
import { textsFor, type Texts } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { plain } from '../plain-text.ts';

export interface HostWord {
  guildId: string;
  /** Tried in this order; undefined is passed over. */
  channelIds: readonly (string | undefined)[];
  userId: string;
  /** @param direct - read outside of the server, where its commands and buttons are not */
  message: (texts: Texts, direct: boolean) => Pick<MessageCreateOptions, 'content' | 'components'>;
}

/** Throws, when Discord takes it nowhere, what stood in the way of the direct message. */
export async function reachHost(
  { client, logger }: Pick<BotContext, 'client' | 'logger'>,
  { guildId, channelIds, userId, message }: HostWord,
): Promise<Message> {
  const guild = client.guilds.cache.get(guildId);
  const texts = textsFor(guild?.preferredLocale ?? '');
  for (const channelId of new Set(channelIds)) {
    const channel = guild?.channels.cache.get(channelId ?? '');
    if (!channel?.isVoiceBased()) continue;
    try {
      return await channel.send({ ...message(texts, false), allowedMentions: { users: [userId] } });
    } catch (error) {
      logger.info({ err: error, guildId, channelId }, 'a host could not be told in the chat of a channel');
    }
  }
  const words = message(texts, true);
  const content = [...(guild ? [texts.direct.from(plain(guild.name))] : []), words.content].join('\n');
  return client.users.send(userId, { content });
}
