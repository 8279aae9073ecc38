/** A guild and its people, and the bot's own voice state on a stage. */
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { wireChannel, wireGuild, wireMember } from '../../state/wire.ts';
import { unknown } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { guildOf, requireIn, requireInGuild } from './lookup.ts';

export function guildRoutes(app: RestApp, { world, voiceStates }: RestContext): void {
  app.get('/guilds/:guild', (c) => c.json(wireGuild(guildOf(world, c.get('bot'), c.req.param('guild')))));
  app.get('/guilds/:guild/channels', (c) =>
    c.json(
      [...guildOf(world, c.get('bot'), c.req.param('guild')).channels.values()].map((each) =>
        wireChannel(each),
      ),
    ),
  );
  app.get('/guilds/:guild/roles', (c) =>
    c.json([...guildOf(world, c.get('bot'), c.req.param('guild')).roles.values()]),
  );
  app.get('/guilds/:guild/members/:user', (c) => {
    const member = guildOf(world, c.get('bot'), c.req.param('guild')).members.get(c.req.param('user'));
    if (member === undefined) throw unknown('member');
    return c.json(wireMember(member));
  });
  app.patch('/guilds/:guild/members/@me', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    requireInGuild(guild, bot.user.id, ['ChangeNickname']);
    const member = guild.members.get(bot.user.id);
    if (member === undefined) throw unknown('member');
    member.nick = (c.get('body')['nick'] as string | null | undefined) ?? null;
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildMemberUpdate, {
      ...wireMember(member),
      guild_id: guild.id,
    });
    return c.json(wireMember(member));
  });
  app.get('/guilds/:guild/voice-states/:user', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const id = c.req.param('user') === '@me' ? bot.user.id : c.req.param('user');
    const state = guild.voiceStates.get(id);
    if (state === undefined) throw unknown('voiceState');
    return c.json(state);
  });
  // Docs, Voice, "Modify Current User Voice State": MUTE_MEMBERS to unsuppress oneself, REQUEST_TO_SPEAK to raise a hand.
  app.patch('/guilds/:guild/voice-states/@me', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const body = c.get('body') as { suppress?: boolean; request_to_speak_timestamp?: string | null };
    const state = guild.voiceStates.get(bot.user.id);
    const channel = guild.channels.get(state?.channel_id ?? '');
    if (state === undefined || channel?.kind !== 'stage') throw unknown('voiceState');
    if (body.suppress === false) requireIn(guild, channel, bot.user.id, ['MuteMembers']);
    if (body.request_to_speak_timestamp) requireIn(guild, channel, bot.user.id, ['RequestToSpeak']);
    voiceStates.change(guild, bot.user.id, {
      ...(body.suppress === undefined ? {} : { suppress: body.suppress }),
      ...(body.request_to_speak_timestamp === undefined
        ? {}
        : { request_to_speak_timestamp: body.request_to_speak_timestamp }),
    });
    return c.body(null, 204);
  });
  app.patch('/guilds/:guild/voice-states/:user', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const state = guild.voiceStates.get(c.req.param('user'));
    const channel = guild.channels.get(state?.channel_id ?? '');
    if (state === undefined || channel?.kind !== 'stage') throw unknown('voiceState');
    requireIn(guild, channel, bot.user.id, ['MuteMembers']);
    voiceStates.change(guild, state.user_id, { suppress: Boolean(c.get('body')['suppress']) });
    return c.body(null, 204);
  });
}
