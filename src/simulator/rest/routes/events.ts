/** Scheduled events of a guild: who may make them, what they may become, and who is interested. */
import {
  GatewayDispatchEvents,
  GuildScheduledEventStatus as Status,
  RESTJSONErrorCodes,
  type APIGuildScheduledEvent,
} from 'discord-api-types/v10';
import type { BotState, EventState, GuildState } from '../../state/model.ts';
import { channelPermissions, guildPermissions, missingFrom } from '../../state/permissions.ts';
import { wireMember } from '../../state/wire.ts';
import { DiscordError, invalidForm, missingPermissions, unknown } from '../errors.ts';
import {
  channelKindOf,
  eventFaults,
  EVENTS_PER_GUILD,
  isFinished,
  mayBecome,
  neededIn,
} from '../event-rules.ts';
import type { RestApp, RestContext } from '../server.ts';
import { channelFor, guildOf } from './lookup.ts';

const find = (guild: GuildState, id: string): EventState => {
  const state = guild.events.get(id);
  if (state === undefined) throw unknown('event');
  return state;
};

const wire = ({ event, subscribers }: EventState, withCount: string | undefined) =>
  withCount === 'true' ? { ...event, user_count: subscribers.size } : event;

/** "Permissions Requirements": what counts is computed in the event's channel; for an external one, in the guild. */
function heldWhere(guild: GuildState, userId: string, { channel_id: id }: APIGuildScheduledEvent): bigint {
  const channel = guild.channels.get(id ?? '');
  return channel ? channelPermissions(guild, channel, userId) : guildPermissions(guild, userId);
}

/** One's own events by CREATE_EVENTS or MANAGE_EVENTS, anybody's by MANAGE_EVENTS. */
function requireChange(guild: GuildState, userId: string, event: APIGuildScheduledEvent): void {
  const held = heldWhere(guild, userId, event);
  if (missingFrom(held, ['ManageEvents']).length === 0) return;
  if (event.creator_id !== userId || missingFrom(held, ['CreateEvents']).length > 0)
    throw missingPermissions(['ManageEvents']);
}

export function eventRoutes(app: RestApp, { world }: RestContext): void {
  const tell = (guild: GuildState, event: GatewayDispatchEvents, what: APIGuildScheduledEvent) =>
    world.dispatch.toGuild(guild.id, event, what);

  function requireChannel(bot: BotState, guild: GuildState, event: APIGuildScheduledEvent): void {
    const kind = channelKindOf(event.entity_type);
    if (kind === undefined || event.channel_id === null) return;
    const place = channelFor(world, bot, event.channel_id, neededIn(event.entity_type));
    if (place.guild !== guild || place.channel.kind !== kind)
      throw invalidForm([
        { path: 'channel_id', code: 'INVALID_CHANNEL', message: `Channel must be a ${kind} channel` },
      ]);
  }

  app.get('/guilds/:guild/scheduled-events', (c) => {
    const guild = guildOf(world, c.get('bot'), c.req.param('guild'));
    return c.json([...guild.events.values()].map((each) => wire(each, c.req.query('with_user_count'))));
  });
  app.post('/guilds/:guild/scheduled-events', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const event = {
      description: null,
      channel_id: null,
      scheduled_end_time: null,
      entity_metadata: null,
      recurrence_rule: null,
      ...c.get('body'),
      entity_id: null,
      image: null,
      guild_scheduled_event_exceptions: [],
      id: world.makeId(),
      guild_id: guild.id,
      creator_id: bot.user.id,
      creator: bot.user,
      status: Status.Scheduled,
    } as unknown as APIGuildScheduledEvent;
    const missing = missingFrom(heldWhere(guild, bot.user.id, event), ['CreateEvents']);
    if (missing.length > 0) throw missingPermissions(missing);
    const faults = eventFaults(event, world.nowMs(), true);
    if (faults.length > 0) throw invalidForm(faults);
    requireChannel(bot, guild, event);
    const open = [...guild.events.values()].filter((each) => !isFinished(each.event.status));
    if (open.length >= EVENTS_PER_GUILD)
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.MaximumNumberOfUncompletedGuildScheduledEventsReached,
        `Maximum number of uncompleted guild scheduled events reached (${EVENTS_PER_GUILD})`,
      );
    guild.events.set(event.id, { event, subscribers: new Set<string>() });
    tell(guild, GatewayDispatchEvents.GuildScheduledEventCreate, event);
    return c.json(event);
  });
  app.get('/guilds/:guild/scheduled-events/:id', (c) => {
    const guild = guildOf(world, c.get('bot'), c.req.param('guild'));
    return c.json(wire(find(guild, c.req.param('id')), c.req.query('with_user_count')));
  });
  app.patch('/guilds/:guild/scheduled-events/:id', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const { event } = find(guild, c.req.param('id'));
    requireChange(guild, bot.user.id, event);
    if (isFinished(event.status))
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.CannotUpdateAFinishedEvent,
        'Cannot update a finished event',
      );
    const body = c.get('body') as Partial<APIGuildScheduledEvent>;
    const changed = { ...event, ...body } as APIGuildScheduledEvent;
    requireChannel(bot, guild, changed);
    const { scheduled_start_time: start } = body;
    // The client of Discord sends the start again with every change; only another one is looked at.
    const startIsNew = start !== undefined && Date.parse(start) !== Date.parse(event.scheduled_start_time);
    const faults = eventFaults(changed, world.nowMs(), startIsNew);
    if (!mayBecome(event.status, changed.status))
      faults.push({
        path: 'status',
        code: 'GUILD_SCHEDULED_EVENT_INVALID_STATUS_TRANSITION',
        message: 'Invalid Guild Scheduled Event Status Transition',
      });
    if (faults.length > 0) throw invalidForm(faults);
    Object.assign(event, body);
    tell(guild, GatewayDispatchEvents.GuildScheduledEventUpdate, event);
    return c.json(event);
  });
  app.delete('/guilds/:guild/scheduled-events/:id', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const { event } = find(guild, c.req.param('id'));
    requireChange(guild, bot.user.id, event);
    guild.events.delete(event.id);
    tell(guild, GatewayDispatchEvents.GuildScheduledEventDelete, event);
    return c.body(null, 204);
  });
  // "Get Guild Scheduled Event Users": by user id, upwards; `after` and `before` page through them.
  app.get('/guilds/:guild/scheduled-events/:id/users', (c) => {
    const guild = guildOf(world, c.get('bot'), c.req.param('guild'));
    const { event, subscribers } = find(guild, c.req.param('id'));
    const { after, before, limit = '100', with_member: withMember } = c.req.query();
    const ids = [...subscribers]
      .filter((id) => after === undefined || BigInt(id) > BigInt(after))
      .filter((id) => before === undefined || BigInt(id) < BigInt(before))
      .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const count = Number(limit);
    const page = before !== undefined && after === undefined ? ids.slice(-count) : ids.slice(0, count);
    return c.json(
      page.map((id) => {
        const member = withMember === 'true' ? guild.members.get(id) : undefined;
        return {
          guild_scheduled_event_id: event.id,
          user_id: id,
          response: 1,
          user: world.users.get(id),
          ...(member ? { member: wireMember(member) } : {}),
        };
      }),
    );
  });
}
