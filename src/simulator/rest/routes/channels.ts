/** Channels and the messages in them; voice and stage channels have a chat of their own. */
import { GatewayDispatchEvents, RESTJSONErrorCodes, type APIMessage } from 'discord-api-types/v10';
import type { ChannelState } from '../../state/model.ts';
import { wireChannel, wireMessage } from '../../state/wire.ts';
import type { PermissionName } from '../../state/permissions.ts';
import { DiscordError, invalidForm, unknown } from '../errors.ts';
import { messageFaults } from '../message-rules.ts';
import type { RestApp, RestContext } from '../server.ts';
import { channelFor } from './lookup.ts';

/** To write in a voice or stage channel's chat one must be able to connect to it (docs, Permissions). */
const writing = (channel: ChannelState | undefined, body: Record<string, unknown>): PermissionName[] => [
  'SendMessages',
  ...(channel && channel.kind !== 'text' ? (['Connect'] as const) : []),
  ...(((body['embeds'] as unknown[] | undefined)?.length ?? 0) > 0 ? (['EmbedLinks'] as const) : []),
];

export function channelRoutes(app: RestApp, { world }: RestContext): void {
  const messageIn = (channel: ChannelState, id: string): APIMessage => {
    const message = channel.messages.get(id);
    if (message === undefined) throw unknown('message');
    return message;
  };
  app.get('/channels/:id', (c) =>
    c.json(wireChannel(channelFor(world, c.get('bot'), c.req.param('id'), []).channel)),
  );
  app.patch('/channels/:id', (c) => {
    const { guild, channel } = channelFor(world, c.get('bot'), c.req.param('id'), ['ManageChannels']);
    const { name, topic } = c.get('body') as { name?: string; topic?: string | null };
    if (name !== undefined) channel.name = name;
    if (topic !== undefined) channel.topic = topic;
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.ChannelUpdate, wireChannel(channel));
    return c.json(wireChannel(channel));
  });
  app.put('/channels/:id/voice-status', (c) => {
    const { guild, channel } = channelFor(world, c.get('bot'), c.req.param('id'), []);
    const isConnected = guild.voiceStates.get(c.get('bot').user.id)?.channel_id === channel.id;
    channelFor(world, c.get('bot'), channel.id, [
      'SetVoiceChannelStatus',
      ...(isConnected ? [] : (['ManageChannels'] as const)),
    ]);
    if (channel.kind !== 'voice')
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
        'Cannot execute action on this channel type',
      );
    channel.status = (c.get('body')['status'] as string | null | undefined) ?? null;
    return c.body(null, 204);
  });
  app.get('/channels/:id/messages', (c) => {
    const { channel } = channelFor(world, c.get('bot'), c.req.param('id'), ['ReadMessageHistory']);
    return c.json([...channel.messages.values()].reverse().slice(0, Number(c.req.query('limit') ?? 50)));
  });
  app.post('/channels/:id/messages', (c) => {
    const bot = c.get('bot');
    const body = c.get('body');
    const place = channelFor(world, bot, c.req.param('id'), []);
    channelFor(world, bot, place.channel.id, writing(place.channel, body));
    const faults = messageFaults(body, true);
    if (faults[0]?.code === 'MESSAGE_EMPTY')
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.CannotSendAnEmptyMessage,
        'Cannot send an empty message',
      );
    if (faults.length > 0) throw invalidForm(faults);
    const where = { channelId: place.channel.id, guildId: place.guild.id };
    const message = wireMessage(world.makeId(), where, bot.user, body);
    place.channel.messages.set(message.id, message);
    world.dispatch.toGuild(place.guild.id, GatewayDispatchEvents.MessageCreate, message);
    world.changes.emit('message', message, 'created');
    return c.json(message);
  });
  app.get('/channels/:id/messages/:message', (c) => {
    const { channel } = channelFor(world, c.get('bot'), c.req.param('id'), ['ReadMessageHistory']);
    return c.json(messageIn(channel, c.req.param('message')));
  });
  app.patch('/channels/:id/messages/:message', (c) => {
    const bot = c.get('bot');
    const { guild, channel } = channelFor(world, bot, c.req.param('id'), []);
    const message = messageIn(channel, c.req.param('message'));
    if (message.author.id !== bot.user.id)
      throw new DiscordError(
        403,
        RESTJSONErrorCodes.CannotEditMessageAuthoredByAnotherUser,
        'Cannot edit a message authored by another user',
      );
    const faults = messageFaults(c.get('body'), false);
    if (faults.length > 0) throw invalidForm(faults);
    Object.assign(message, c.get('body'), { edited_timestamp: new Date().toISOString() });
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.MessageUpdate, message);
    world.changes.emit('message', message, 'edited');
    return c.json(message);
  });
  app.delete('/channels/:id/messages/:message', (c) => {
    const bot = c.get('bot');
    const { guild, channel } = channelFor(world, bot, c.req.param('id'), []);
    const message = messageIn(channel, c.req.param('message'));
    if (message.author.id !== bot.user.id) channelFor(world, bot, channel.id, ['ManageMessages']);
    channel.messages.delete(message.id);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.MessageDelete, {
      id: message.id,
      channel_id: channel.id,
      guild_id: guild.id,
    });
    world.changes.emit('message', message, 'deleted');
    return c.body(null, 204);
  });
}
