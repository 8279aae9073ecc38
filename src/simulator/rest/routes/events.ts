/** Scheduled events of a guild: who may make them, what they may become, and who is interested. */
import {
  GatewayDispatchEvents,
  GuildScheduledEventEntityType as Entity,
  GuildScheduledEventStatus as Status,
  RESTJSONErrorCodes,
  type APIGuildScheduledEvent,
} from 'discord-api-types/v10';
import type { BotState, EventState, GuildState } from '../../state/model.ts';
import { STAGE_MODERATOR, type PermissionName } from '../../state/permissions.ts';
import { wireMember } from '../../state/wire.ts';
import { DiscordError, invalidForm, unknown } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { channelFor, guildOf, requireInGuild } from './lookup.ts';

/** Docs, Guild Scheduled Event: 100 scheduled or active events a guild. */
const EVENTS_PER_GUILD = 100;

/** Docs, "Guild Scheduled Event Status": terminal states are final, and scheduled becomes active or canceled. */
const NEXT: Partial<Record<Status, readonly Status[]>> = {
  [Status.Scheduled]: [Status.Active, Status.Canceled],
  [Status.Active]: [Status.Completed],
};

/** Docs, "Permissions Requirements": what the event's kind asks for in its channel. */
const neededIn = (entity: Entity): readonly PermissionName[] =>
  entity === Entity.StageInstance ? STAGE_MODERATOR : ['ViewChannel', 'Connect'];

export function eventRoutes(app: RestApp, { world }: RestContext): void {
  const find = (guild: GuildState, id: string): EventState => {
    const state = guild.events.get(id);
    if (state === undefined) throw unknown('event');
    return state;
  };
  const wire = ({ event, subscribers }: EventState): APIGuildScheduledEvent => ({
    ...event,
    user_count: subscribers.size,
  });
  const requireChannel = (
    bot: BotState,
    guild: GuildState,
    channelId: string | null,
    entity: Entity,
  ): void => {
    if (channelId === null) return;
    const place = channelFor(world, bot, channelId, neededIn(entity));
    const kind = entity === Entity.StageInstance ? 'stage' : 'voice';
    if (place.guild !== guild || place.channel.kind !== kind)
      throw invalidForm([
        { path: 'channel_id', code: 'INVALID_CHANNEL', message: `Channel must be a ${kind} channel` },
      ]);
  };
  const requireFuture = (start: unknown): void => {
    if (typeof start === 'string' && !(Date.parse(start) > Date.now()))
      throw invalidForm([
        {
          path: 'scheduled_start_time',
          code: 'GUILD_SCHEDULED_EVENT_SCHEDULE_PAST',
          message: 'Cannot schedule event in the past.',
        },
      ]);
  };
  app.get('/guilds/:guild/scheduled-events', (c) =>
    c.json([...guildOf(world, c.get('bot'), c.req.param('guild')).events.values()].map(wire)),
  );
  app.post('/guilds/:guild/scheduled-events', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const body = c.get('body') as Partial<APIGuildScheduledEvent>;
    requireInGuild(guild, bot.user.id, ['CreateEvents']);
    requireChannel(bot, guild, body.channel_id ?? null, body.entity_type ?? Entity.Voice);
    requireFuture(body.scheduled_start_time);
    const open = [...guild.events.values()].filter(({ event }) => event.status <= Status.Active);
    if (open.length >= EVENTS_PER_GUILD)
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.MaximumNumberOfUncompletedGuildScheduledEventsReached,
        'Maximum number of uncompleted guild scheduled events reached (100)',
      );
    const event = {
      description: null,
      channel_id: null,
      scheduled_end_time: null,
      entity_id: null,
      entity_metadata: null,
      recurrence_rule: null,
      image: null,
      ...body,
      id: world.makeId(),
      guild_id: guild.id,
      creator_id: bot.user.id,
      creator: bot.user,
      status: Status.Scheduled,
    } as unknown as APIGuildScheduledEvent;
    const state = { event, subscribers: new Set<string>() };
    guild.events.set(event.id, state);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildScheduledEventCreate, wire(state));
    return c.json(wire(state));
  });
  app.get('/guilds/:guild/scheduled-events/:id', (c) =>
    c.json(wire(find(guildOf(world, c.get('bot'), c.req.param('guild')), c.req.param('id')))),
  );
  app.patch('/guilds/:guild/scheduled-events/:id', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const state = find(guild, c.req.param('id'));
    const body = c.get('body') as Partial<APIGuildScheduledEvent>;
    requireInGuild(guild, bot.user.id, [
      state.event.creator_id === bot.user.id ? 'CreateEvents' : 'ManageEvents',
    ]);
    requireChannel(
      bot,
      guild,
      body.channel_id ?? state.event.channel_id,
      body.entity_type ?? state.event.entity_type,
    );
    const { status } = state.event;
    if (NEXT[status] === undefined)
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.CannotUpdateAFinishedEvent,
        'Cannot update a finished event',
      );
    if (body.status !== undefined && body.status !== status && !NEXT[status].includes(body.status))
      throw new DiscordError(400, 180_002, 'Failed to update: invalid status transition');
    if (status === Status.Scheduled && body.status === undefined) requireFuture(body.scheduled_start_time);
    Object.assign(state.event, body);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildScheduledEventUpdate, wire(state));
    return c.json(wire(state));
  });
  app.delete('/guilds/:guild/scheduled-events/:id', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const state = find(guild, c.req.param('id'));
    requireInGuild(guild, bot.user.id, [
      state.event.creator_id === bot.user.id ? 'CreateEvents' : 'ManageEvents',
    ]);
    guild.events.delete(state.event.id);
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildScheduledEventDelete, wire(state));
    return c.body(null, 204);
  });
  app.get('/guilds/:guild/scheduled-events/:id/users', (c) => {
    const guild = guildOf(world, c.get('bot'), c.req.param('guild'));
    const { event, subscribers } = find(guild, c.req.param('id'));
    const after = BigInt(c.req.query('after') ?? 0);
    const page = [...subscribers]
      .filter((id) => BigInt(id) > after)
      .sort((a, b) => Number(BigInt(a) - BigInt(b)))
      .slice(0, Number(c.req.query('limit') ?? 100));
    return c.json(
      page.map((id) => {
        const member = guild.members.get(id);
        return {
          guild_scheduled_event_id: event.id,
          user: world.users.get(id),
          member: member && wireMember(member),
        };
      }),
    );
  });
}
