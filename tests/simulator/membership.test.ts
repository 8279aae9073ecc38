/** People who come and go, roles that come and go, and who is told of it. */
import { GatewayIntentBits } from 'discord-api-types/v10';
import { afterEach, expect, test } from 'vitest';
import { ask, furnish, Guilds, identified } from './furnish.ts';

const { GuildMembers, GuildModeration } = GatewayIntentBits;
let scene: Awaited<ReturnType<typeof furnish>>;
afterEach(() => scene.discord.close());

async function listening(intents: number, options: Parameters<typeof furnish>[0] = {}) {
  scene = await furnish({ checkAnswers: true, ...options });
  const { discord, guild } = scene;
  const bot = discord.createBot({
    ...{ guilds: [guild], permissions: options.permissions ?? [] },
    privilegedIntents: [GuildMembers],
  });
  const gateway = await identified(discord, bot, intents);
  await gateway.event('GUILD_CREATE');
  const seen = async () => {
    await gateway.settled();
    return gateway.received.flatMap(({ t }) => (t?.startsWith('GUILD_') && t !== 'GUILD_CREATE' ? [t] : []));
  };
  return { ...scene, bot, seen, gateway };
}

test('with GUILD_MEMBERS and GUILD_MODERATION all of it is told', async () => {
  const { guild, person, seen, gateway } = await listening(Guilds | GuildMembers | GuildModeration);
  const patrons = guild.createRole({ name: 'Patrons', permissions: [] });
  person.setRoles([patrons]);
  person.leave();
  person.rejoin();
  guild.ban(person);
  expect(() => person.rejoin()).toThrow('is banned');
  guild.unban(person);
  person.rejoin();
  guild.deleteRole(patrons);
  expect(await seen()).toEqual([
    'GUILD_ROLE_CREATE',
    'GUILD_MEMBER_UPDATE',
    'GUILD_MEMBER_REMOVE',
    'GUILD_MEMBER_ADD',
    'GUILD_BAN_ADD',
    'GUILD_MEMBER_REMOVE',
    'GUILD_BAN_REMOVE',
    'GUILD_MEMBER_ADD',
    'GUILD_ROLE_DELETE',
  ]);
  const updated = await gateway.event('GUILD_MEMBER_UPDATE');
  expect(updated.d).toMatchObject({ guild_id: guild.id, roles: [patrons.id] });
  const back = gateway.received.filter(({ t }) => t === 'GUILD_MEMBER_ADD');
  expect(back.map(({ d }) => (d as unknown as { roles: string[] }).roles)).toEqual([[], []]);
  gateway.socket.close();
});

test.each([
  ['GUILDS alone', Guilds, ['GUILD_ROLE_CREATE']],
  ['GUILD_MODERATION', Guilds | GuildModeration, ['GUILD_ROLE_CREATE', 'GUILD_BAN_ADD']],
])('%s: the rest is withheld', async (_, intents, told) => {
  const { guild, person, seen, gateway } = await listening(intents);
  person.setRoles([guild.createRole({ name: 'Patrons', permissions: [] })]);
  guild.ban(person);
  expect(await seen()).toEqual(told);
  gateway.socket.close();
});

test('a member by REST: the roles of now, then unknown; a ban is read with the permission alone', async () => {
  const { discord, bot, guild, person } = await listening(Guilds, { permissions: ['BanMembers'] });
  const patrons = guild.createRole({ name: 'Patrons', permissions: [] });
  const member = () => ask(discord, bot, `GET /guilds/${guild.id}/members/${person.id}`);
  const ban = (as = bot) => ask(discord, as, `GET /guilds/${guild.id}/bans/${person.id}`);
  person.setRoles([patrons]);
  expect((await member()).body).toMatchObject({ roles: [patrons.id] });
  expect(await ban()).toMatchObject({ status: 404, body: { code: 10026 } });
  guild.deleteRole(patrons);
  expect((await member()).body).toMatchObject({ roles: [] });
  guild.ban(person);
  expect(await member()).toMatchObject({ status: 404, body: { code: 10007 } });
  expect(await ban()).toMatchObject({ status: 200, body: { user: { id: person.id } } });
  const powerless = discord.createBot({ guilds: [guild], permissions: [] });
  expect(await ban(powerless)).toMatchObject({ status: 403, body: { code: 50013 } });
  expect(discord.requests.flatMap(({ answerFaults = [] }) => answerFaults)).toEqual([]);
});

test('the application says which privileged intents it was given', async () => {
  const { discord, bot, guild } = await listening(Guilds);
  const GATEWAY_GUILD_MEMBERS_LIMITED = 1 << 15;
  expect((await ask(discord, bot, 'GET /applications/@me')).body.flags).toBe(GATEWAY_GUILD_MEMBERS_LIMITED);
  const plain = discord.createBot({ guilds: [guild], permissions: [] });
  expect((await ask(discord, plain, 'GET /applications/@me')).body.flags).toBe(0);
});
