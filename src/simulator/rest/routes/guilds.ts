/** A guild, its channels, roles and people. */
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { wireChannel, wireGuild, wireMember } from '../../state/wire.ts';
import { unknown } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { guildOf, requireInGuild } from './lookup.ts';

export function guildRoutes(app: RestApp, { world }: RestContext): void {
  app.get('/guilds/:guild', (c) => c.json(wireGuild(guildOf(world, c.get('bot'), c.req.param('guild')))));
  app.get('/guilds/:guild/channels', (c) => {
    const guild = guildOf(world, c.get('bot'), c.req.param('guild'));
    return c.json([...guild.channels.values()].map((each, index) => wireChannel(each, index)));
  });
  app.get('/guilds/:guild/roles', (c) =>
    c.json([...guildOf(world, c.get('bot'), c.req.param('guild')).roles.values()]),
  );
  app.get('/guilds/:guild/members/:user', (c) => {
    const member = guildOf(world, c.get('bot'), c.req.param('guild')).members.get(c.req.param('user'));
    if (member === undefined) throw unknown('member');
    return c.json(wireMember(member));
  });
  // Docs, Guild, "Get Guild Ban": requires the BAN_MEMBERS permission.
  app.get('/guilds/:guild/bans/:user', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    requireInGuild(guild, bot.user.id, ['BanMembers']);
    const user = guild.bans.get(c.req.param('user'));
    if (user === undefined) throw unknown('ban');
    return c.json({ reason: null, user });
  });
  app.patch('/guilds/:guild/members/@me', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    requireInGuild(guild, bot.user.id, ['ChangeNickname']);
    const member = guild.members.get(bot.user.id);
    if (member === undefined) throw unknown('member');
    member.nick = (c.get('body')['nick'] as string | null | undefined) || null;
    const updated = { ...wireMember(member), guild_id: guild.id };
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildMemberUpdate, updated);
    return c.json(wireMember(member));
  });
}
