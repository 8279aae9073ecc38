/** Direct messages from a bot to a person; they can be written, and not edited. */
import { ChannelType, RESTJSONErrorCodes, type APIDMChannel, type APIMessage } from 'discord-api-types/v10';
import type { BotState } from './model.ts';
import type { World } from './world.ts';

export interface DirectChannel {
  id: string;
  botId: string;
  userId: string;
  messages: APIMessage[];
}

export interface DirectMessages {
  channels: Map<string, DirectChannel>;
  /** Who takes none (the client's "Direct Messages" privacy setting of a server). */
  refusing: Set<string>;
}

export const noDirectMessages = (): DirectMessages => ({ channels: new Map(), refusing: new Set() });

/** Docs, User, "Create DM": the one that there is, or a new one. */
export function openDirectChannel(world: World, bot: BotState, userId: string): DirectChannel {
  const { channels } = world.direct;
  const botId = bot.user.id;
  const known = channels.values().find((each) => each.botId === botId && each.userId === userId);
  if (known) return known;
  const channel = { id: world.makeId(), botId, userId, messages: [] };
  channels.set(channel.id, channel);
  return channel;
}

export function wireDirectChannel(world: World, { id, userId, messages }: DirectChannel): APIDMChannel {
  const recipient = world.users.get(userId);
  return {
    ...{ id, type: ChannelType.DM, name: null, flags: 0, last_message_id: messages.at(-1)?.id ?? null },
    recipients: recipient ? [recipient] : [],
  } as unknown as APIDMChannel;
}

/** Docs, Opcodes and Status Codes, "JSON Error Codes": why Discord does not take a message there. */
export function directRefusal(
  world: World,
  bot: BotState,
  { userId }: DirectChannel,
): RESTJSONErrorCodes | undefined {
  const shared = [...bot.guildIds].some((id) => world.guilds.get(id)?.members.has(userId));
  if (!shared) return RESTJSONErrorCodes.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds;
  return world.direct.refusing.has(userId) ? RESTJSONErrorCodes.CannotSendMessagesToThisUser : undefined;
}
