/** Reactions of the bot, and who reacted (docs, Message, "Create Reaction"). Emoji stand percent-encoded in the path. */
import { RESTJSONErrorCodes, type APIPartialEmoji } from 'discord-api-types/v10';
import type { BotState } from '../../state/model.ts';
import type { PermissionName } from '../../state/permissions.ts';
import { isFullOfReactions, parseEmoji, reactorsOf, setReaction } from '../../state/reactions.ts';
import { DiscordError, unknown } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { channelFor } from './lookup.ts';

const PATH = '/channels/:id/messages/:message/reactions/:emoji';

export function reactionRoutes(app: RestApp, { world }: RestContext): void {
  const find = (
    bot: BotState,
    where: Record<'id' | 'message' | 'emoji', string>,
    needed: PermissionName[],
  ) => {
    const { channel } = channelFor(world, bot, where.id, needed);
    const message = channel.messages.get(where.message);
    if (message === undefined) throw unknown('message');
    const emoji: APIPartialEmoji | undefined = parseEmoji(where.emoji);
    if (emoji === undefined) throw unknown('emoji');
    return { channel, message, emoji };
  };

  app.put(`${PATH}/@me`, (c) => {
    const bot = c.get('bot');
    const { channel, message, emoji } = find(bot, c.req.param(), ['ReadMessageHistory']);
    // Joining a reaction that stands there needs no permission of its own.
    if (reactorsOf(world, message, emoji).size === 0) channelFor(world, bot, channel.id, ['AddReactions']);
    if (isFullOfReactions(world, message, emoji))
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.MaximumNumberOfReactionsReached,
        'Maximum number of reactions reached (20)',
      );
    setReaction(world, message, emoji, { userId: bot.user.id, stands: true });
    return c.body(null, 204);
  });
  app.delete(`${PATH}/@me`, (c) => {
    const { message, emoji } = find(c.get('bot'), c.req.param(), []);
    setReaction(world, message, emoji, { userId: c.get('bot').user.id, stands: false });
    return c.body(null, 204);
  });
  app.delete(`${PATH}/:user`, (c) => {
    const { message, emoji } = find(c.get('bot'), c.req.param(), ['ManageMessages']);
    setReaction(world, message, emoji, { userId: c.req.param('user'), stands: false });
    return c.body(null, 204);
  });
  app.get(PATH, (c) => {
    const { message, emoji } = find(c.get('bot'), c.req.param(), ['ReadMessageHistory']);
    const { after = '0', limit = '25' } = c.req.query();
    const ids = [...reactorsOf(world, message, emoji)]
      .filter((id) => BigInt(id) > BigInt(after))
      .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    return c.json(ids.slice(0, Number(limit)).flatMap((id) => world.users.get(id) ?? []));
  });
}
