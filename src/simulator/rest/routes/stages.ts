/** Stage instances: at most one a stage, made and ended by stage moderators. */
import {
  GatewayDispatchEvents,
  RESTJSONErrorCodes,
  StageInstancePrivacyLevel,
  type APIStageInstance,
} from 'discord-api-types/v10';
import { STAGE_MODERATOR } from '../../state/permissions.ts';
import { DiscordError, unknown, wrongChannelKind } from '../errors.ts';
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
    if (channel.kind !== 'stage') throw wrongChannelKind();
    if (guild.stageInstances.has(channel.id))
      throw new DiscordError(400, RESTJSONErrorCodes.TheStageIsAlreadyOpen, 'The Stage is already open');
    const eventId = (body['guild_scheduled_event_id'] as string | undefined) ?? null;
    const scheduled = guild.events.get(eventId ?? '')?.event;
    if (eventId !== null && scheduled === undefined) throw unknown('event');
    const id = world.makeId();
    const instance: Record<keyof APIStageInstance, unknown> = {
      id,
      guild_id: guild.id,
      channel_id: channel.id,
      topic,
      privacy_level: StageInstancePrivacyLevel.GuildOnly,
      discoverable_disabled: true,
      guild_scheduled_event_id: eventId,
    };
    // discord-api-types knows no null for the event; Discord sends it (docs, Stage Instance).
    guild.stageInstances.set(channel.id, instance as unknown as APIStageInstance);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.StageInstanceCreate, instance);
    if (scheduled) {
      scheduled.entity_id = id;
      world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildScheduledEventUpdate, scheduled);
    }
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
    const { topic, privacy_level } = c.get('body') as Partial<APIStageInstance>;
    if (topic !== undefined) instance.topic = topic;
    if (privacy_level !== undefined) instance.privacy_level = privacy_level;
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
