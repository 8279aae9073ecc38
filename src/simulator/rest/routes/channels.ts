/** Channels: read, renamed, deleted, and a voice channel's status. */
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { deleteChannel } from '../../state/channels.ts';
import { wireChannel } from '../../state/wire.ts';
import { wrongChannelKind } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { channelFor } from './lookup.ts';

export function channelRoutes(app: RestApp, context: RestContext): void {
  const { world } = context;
  app.get('/channels/:id', (c) =>
    c.json(wireChannel(channelFor(world, c.get('bot'), c.req.param('id'), []).channel)),
  );
  app.patch('/channels/:id', (c) => {
    const { guild, channel } = channelFor(world, c.get('bot'), c.req.param('id'), ['ManageChannels']);
    const { name, topic, user_limit } = c.get('body') as {
      name?: string;
      topic?: string | null;
      user_limit?: number | null;
    };
    if (name !== undefined) channel.name = name;
    if (topic !== undefined) channel.topic = topic;
    if (user_limit !== undefined) channel.userLimit = user_limit ?? 0;
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.ChannelUpdate, wireChannel(channel));
    return c.json(wireChannel(channel));
  });
  app.delete('/channels/:id', (c) => {
    const { guild, channel } = channelFor(world, c.get('bot'), c.req.param('id'), ['ManageChannels']);
    deleteChannel(context, guild, channel);
    return c.json(wireChannel(channel));
  });
  // Docs, Channels, "Set Voice Channel Status": MANAGE_CHANNELS as well unless one is connected to it.
  app.put('/channels/:id/voice-status', (c) => {
    const { guild, channel } = channelFor(world, c.get('bot'), c.req.param('id'), []);
    const isConnected = guild.voiceStates.get(c.get('bot').user.id)?.channel_id === channel.id;
    channelFor(world, c.get('bot'), channel.id, [
      'SetVoiceChannelStatus',
      ...(isConnected ? [] : (['ManageChannels'] as const)),
    ]);
    if (channel.kind !== 'voice') throw wrongChannelKind();
    channel.status = (c.get('body')['status'] as string | null | undefined) ?? null;
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.VoiceChannelStatusUpdate, {
      id: channel.id,
      guild_id: guild.id,
      status: channel.status,
    });
    return c.body(null, 204);
  });
}
