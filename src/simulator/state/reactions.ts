/** Reactions: which emoji stand under a message, and by whom. */
import {
  GatewayDispatchEvents,
  ReactionType,
  type APIMessage,
  type APIPartialEmoji,
  type APIReaction,
} from 'discord-api-types/v10';
import { wireMember } from './wire.ts';
import { findChannel, type World } from './world.ts';

/** Docs, Opcodes and Status Codes, 30010. */
const MOST_EMOJI = 20;

/** `🎉`, or `name:id` for a server's own. undefined when it is neither. */
export function parseEmoji(text: string): APIPartialEmoji | undefined {
  const own = /^(?:a:)?(\w{2,32}):(\d+)$/.exec(text);
  if (own) return { name: own[1]!, id: own[2]! };
  return /^\p{RGI_Emoji}$/v.test(text) ? { name: text, id: null } : undefined;
}

const keyOf = ({ id, name }: APIPartialEmoji): string => id ?? name ?? '';

export const reactorsOf = (world: World, message: APIMessage, emoji: APIPartialEmoji): ReadonlySet<string> =>
  world.reactors.get(message)?.get(keyOf(emoji)) ?? new Set();

/** True when another kind of emoji would be one too many. */
export const isFullOfReactions = (world: World, message: APIMessage, emoji: APIPartialEmoji): boolean =>
  (message.reactions?.length ?? 0) >= MOST_EMOJI && reactorsOf(world, message, emoji).size === 0;

/** Adds or takes back one person's reaction, and tells it; nothing happens when it stands so already. */
export function setReaction(
  world: World,
  message: APIMessage,
  emoji: APIPartialEmoji,
  { userId, stands }: { userId: string; stands: boolean },
): void {
  const byEmoji = world.reactors.get(message) ?? new Map<string, Set<string>>();
  const who = byEmoji.get(keyOf(emoji)) ?? new Set<string>();
  if (who.has(userId) === stands) return;
  world.reactors.set(message, byEmoji.set(keyOf(emoji), who));
  if (stands) who.add(userId);
  else who.delete(userId);
  message.reactions = [...byEmoji].flatMap(([key, users]) => {
    const known = message.reactions?.find((each) => keyOf(each.emoji) === key)?.emoji;
    return users.size === 0 ? [] : [wireReaction(message, known ?? emoji, users)];
  });
  const place = findChannel(world, message.channel_id);
  if (place === undefined) return;
  const member = place.guild.members.get(userId);
  world.dispatch.toGuild(
    place.guild.id,
    stands ? GatewayDispatchEvents.MessageReactionAdd : GatewayDispatchEvents.MessageReactionRemove,
    {
      user_id: userId,
      channel_id: message.channel_id,
      message_id: message.id,
      guild_id: place.guild.id,
      emoji,
      burst: false,
      type: ReactionType.Normal,
      ...(stands ? { message_author_id: message.author.id, burst_colors: [] } : {}),
      ...(stands && member ? { member: wireMember(member) } : {}),
    },
    place.channel,
  );
  world.changes.emit('message', message, 'edited');
}

/** `me` is said to the message's author: here it is the bots who read their own. */
const wireReaction = (
  message: APIMessage,
  emoji: APIPartialEmoji,
  who: ReadonlySet<string>,
): APIReaction => ({
  emoji,
  count: who.size,
  count_details: { burst: 0, normal: who.size },
  me: who.has(message.author.id),
  me_burst: false,
  burst_colors: [],
});
