/** The messages of a channel; voice and stage channels have a chat of their own. */
import {
  MessageReferenceType,
  MessageType,
  RESTJSONErrorCodes,
  type APIMessage,
} from 'discord-api-types/v10';
import { composeMessage, deleteMessage, editMessage, postMessage } from '../../state/messages.ts';
import { directRefusal, type DirectChannel } from '../../state/direct-messages.ts';
import type { BotState, ChannelState, GuildState } from '../../state/model.ts';
import { channelPermissions, missingFrom, type PermissionName } from '../../state/permissions.ts';
import type { World } from '../../state/world.ts';
import { DiscordError, invalidForm, unknown } from '../errors.ts';
import { messageFaults } from '../message-rules.ts';
import type { RestApp, RestContext } from '../server.ts';
import { channelFor, requireIn } from './lookup.ts';

/** To read or write in a voice or stage channel's chat one must be able to connect to it (docs, Message). */
const connecting = ({ kind }: ChannelState): PermissionName[] => (kind === 'text' ? [] : ['Connect']);

const writing = (channel: ChannelState, body: Record<string, unknown>): PermissionName[] => [
  'SendMessages',
  ...connecting(channel),
  ...(((body['embeds'] as unknown[] | undefined)?.length ?? 0) > 0 ? (['EmbedLinks'] as const) : []),
];

interface Reference {
  message_id?: string;
  fail_if_not_exists?: boolean;
}

/** Docs, Message, "Message Reference": a reply names what it answers, which the author must be able to read. */
function replyTo(
  { guild, channel }: { guild: GuildState; channel: ChannelState },
  userId: string,
  { message_id: id, fail_if_not_exists: mustExist = true }: Reference,
): Partial<APIMessage> {
  if (id === undefined) return {};
  if (missingFrom(channelPermissions(guild, channel, userId), ['ReadMessageHistory']).length > 0)
    throw new DiscordError(
      403,
      RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory,
      'Cannot reply without permission to read message history',
    );
  const answered = channel.messages.get(id);
  if (answered === undefined && mustExist)
    throw invalidForm([
      { path: 'message_reference', code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' },
    ]);
  if (answered === undefined) return {};
  return {
    type: MessageType.Reply,
    message_reference: {
      type: MessageReferenceType.Default,
      message_id: id,
      channel_id: channel.id,
      guild_id: guild.id,
    },
    referenced_message: answered,
  };
}

/** Throws 403 as Discord does when the person takes no direct messages of this bot. */
function requireOpen(world: World, bot: BotState, direct: DirectChannel): void {
  if (direct.botId !== bot.user.id) throw unknown('channel');
  const code = directRefusal(world, bot, direct);
  if (code !== undefined) throw new DiscordError(403, code, 'Cannot send messages to this user');
}

export function messageRoutes(app: RestApp, { world }: RestContext): void {
  const messageIn = (channel: ChannelState, id: string): APIMessage => {
    const message = channel.messages.get(id);
    if (message === undefined) throw unknown('message');
    return message;
  };

  // Docs, "Get Channel Messages": without READ_MESSAGE_HISTORY none are returned, which is no error.
  app.get('/channels/:id/messages', (c) => {
    const bot = c.get('bot');
    const { guild, channel } = channelFor(world, bot, c.req.param('id'), []);
    requireIn(guild, channel, bot.user.id, connecting(channel));
    const held = channelPermissions(guild, channel, bot.user.id);
    if (missingFrom(held, ['ReadMessageHistory']).length > 0) return c.json([]);
    const { limit = '50', before, after } = c.req.query();
    const inRange = [...channel.messages.values()].filter(
      ({ id }) =>
        (before === undefined || BigInt(id) < BigInt(before)) &&
        (after === undefined || BigInt(id) > BigInt(after)),
    );
    const count = Number(limit);
    const page = after === undefined ? inRange.slice(-count) : inRange.slice(0, count);
    return c.json(page.reverse());
  });
  app.post('/channels/:id/messages', (c) => {
    const bot = c.get('bot');
    const body = c.get('body');
    const direct = world.direct.channels.get(c.req.param('id'));
    const place = direct ? undefined : channelFor(world, bot, c.req.param('id'), []);
    if (place) requireIn(place.guild, place.channel, bot.user.id, writing(place.channel, body));
    else if (direct) requireOpen(world, bot, direct);
    const faults = messageFaults(body, true);
    if (faults[0]?.code === 'MESSAGE_EMPTY')
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.CannotSendAnEmptyMessage,
        'Cannot send an empty message',
      );
    if (faults.length > 0) throw invalidForm(faults);
    const reference = (body['message_reference'] as Reference | null | undefined) ?? {};
    const where = { channelId: c.req.param('id'), ...(place && { guildId: place.guild.id }) };
    const more = place ? replyTo(place, bot.user.id, reference) : {};
    const message = composeMessage(world, where, bot.user, body, more);
    direct?.messages.push(message);
    postMessage(world, message);
    return c.json(message);
  });
  app.get('/channels/:id/messages/:message', (c) => {
    const { channel } = channelFor(world, c.get('bot'), c.req.param('id'), ['ReadMessageHistory']);
    return c.json(messageIn(channel, c.req.param('message')));
  });
  app.patch('/channels/:id/messages/:message', (c) => {
    const { channel } = channelFor(world, c.get('bot'), c.req.param('id'), []);
    const message = messageIn(channel, c.req.param('message'));
    if (message.author.id !== c.get('bot').user.id)
      throw new DiscordError(
        403,
        RESTJSONErrorCodes.CannotEditMessageAuthoredByAnotherUser,
        'Cannot edit a message authored by another user',
      );
    const faults = messageFaults(c.get('body'), false);
    if (faults.length > 0) throw invalidForm(faults);
    editMessage(world, message, c.get('body'));
    return c.json(message);
  });
  app.delete('/channels/:id/messages/:message', (c) => {
    const bot = c.get('bot');
    const { guild, channel } = channelFor(world, bot, c.req.param('id'), []);
    const message = messageIn(channel, c.req.param('message'));
    if (message.author.id !== bot.user.id) requireIn(guild, channel, bot.user.id, ['ManageMessages']);
    deleteMessage(world, message);
    return c.body(null, 204);
  });
}
