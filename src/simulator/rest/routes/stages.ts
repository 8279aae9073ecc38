/** Stage instances: at most one a stage, made and ended by stage moderators. */
import {
  GatewayDispatchEvents,
  RESTJSONErrorCodes,
  StageInstancePrivacyLevel,
  type APIStageInstance,
} from 'discord-api-types/v10';
import { STAGE_MODERATOR } from '../../state/permissions.ts';
import { DiscordError, unknown } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { channelFor, requiredText } from './lookup.ts';

export function stageRoutes(app: RestApp, { world }: RestContext): void {
  app.post('/stage-instances', (c) => {
    const body = c.get('body');
    const { guild, channel } = channelFor(
      world,
      c.get('bot'),
      requiredText(body, 'channel_id'),
      STAGE_MODERATOR,
    );
    const topic = requiredText(body, 'topic');
    if (channel.kind !== 'stage')
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
        'Cannot execute action on this channel type',
      );
    if (guild.stageInstances.has(channel.id))
      throw new DiscordError(400, RESTJSONErrorCodes.TheStageIsAlreadyOpen, 'The Stage is already open');
    const eventId = (body['guild_scheduled_event_id'] as string | undefined) ?? null;
    if (eventId !== null && !guild.events.has(eventId)) throw unknown('event');
    const instance = {
      id: world.makeId(),
      guild_id: guild.id,
      channel_id: channel.id,
      topic,
      privacy_level: StageInstancePrivacyLevel.GuildOnly,
      guild_scheduled_event_id: eventId,
    } as APIStageInstance;
    guild.stageInstances.set(channel.id, instance);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.StageInstanceCreate, instance);
    return c.json(instance);
  });
  const find = (bot: Parameters<typeof channelFor>[1], channelId: string, isChange: boolean) => {
    const place = channelFor(world, bot, channelId, isChange ? STAGE_MODERATOR : []);
    const instance = place.guild.stageInstances.get(channelId);
    if (instance === undefined) throw unknown('stageInstance');
    return { guild: place.guild, instance };
  };
  app.get('/stage-instances/:channel', (c) =>
    c.json(find(c.get('bot'), c.req.param('channel'), false).instance),
  );
  app.patch('/stage-instances/:channel', (c) => {
    const { guild, instance } = find(c.get('bot'), c.req.param('channel'), true);
    Object.assign(instance, c.get('body'));
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.StageInstanceUpdate, instance);
    return c.json(instance);
  });
  app.delete('/stage-instances/:channel', (c) => {
    const { guild, instance } = find(c.get('bot'), c.req.param('channel'), true);
    guild.stageInstances.delete(instance.channel_id);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.StageInstanceDelete, instance);
    return c.body(null, 204);
  });
}
