/** Gateway manners without a library: identify, resume, refusals, and what a session holds in voice. */
import { GatewayOpcodes } from 'discord-api-types/v10';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../src/simulator/clock.ts';
import { ask, furnish, Guilds, identifyData, identified, GuildMessages, openGateway } from './furnish.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
async function scene(options: Parameters<typeof furnish>[0] = {}) {
  const all = await furnish({ openApiPath: null, ...options });
  closers.push(() => all.discord.close());
  return all;
}
const join = (guild: { id: string }, channel: { id: string } | null) => ({
  guild_id: guild.id,
  channel_id: channel?.id ?? null,
  self_mute: false,
  self_deaf: false,
});

test('a session resumes with what it missed, in order', async () => {
  const { discord, guild, bot } = await scene();
  const first = await identified(discord, bot);
  await first.event('GUILD_CREATE');
  bot.dropGateway();
  await first.closed;
  guild.createChannel({ kind: 'text', name: 'one' });
  guild.createChannel({ kind: 'text', name: 'two' });
  const second = await openGateway(discord, bot.token);
  second.send(GatewayOpcodes.Resume, { token: bot.token, session_id: first.ready.session_id, seq: 2 });
  await second.event('RESUMED');
  const events = second.received.filter(({ t }) => t !== undefined);
  expect(events.map(({ t, s }) => [t, s])).toEqual([
    ['CHANNEL_CREATE', 3],
    ['CHANNEL_CREATE', 4],
    ['RESUMED', 5],
  ]);
});

test.each<[string, (token: string, id: string) => unknown, number | 'invalid']>([
  ['of an unknown session', (token) => ({ token, session_id: 'x', seq: 1 }), 'invalid'],
  ["with another's token", (_, id) => ({ token: 'x', session_id: id, seq: 1 }), 'invalid'],
  ['beyond what was sent', (token, id) => ({ token, session_id: id, seq: 99 }), 4007],
])('a resume %s is refused', async (_, request, expected) => {
  const { discord, bot } = await scene();
  const { ready } = await identified(discord, bot);
  const gateway = await openGateway(discord, bot.token);
  gateway.send(GatewayOpcodes.Resume, request(bot.token, ready.session_id));
  if (expected === 'invalid') expect(await gateway.next(({ op }) => op === 9)).toMatchObject({ d: false });
  else expect(await gateway.closed).toBe(expected);
});

test.each<[string, number, (token: string) => string]>([
  ['a bad token', 4004, () => JSON.stringify({ op: 2, d: identifyData('x.y.z') })],
  ['a privileged intent that is off', 4014, (token) => JSON.stringify({ op: 2, d: identifyData(token, 2) })],
  ['bits that are no intent', 4013, (token) => JSON.stringify({ op: 2, d: identifyData(token, 1 << 30) })],
  ['anything before identifying', 4003, () => JSON.stringify({ op: 4, d: {} })],
  ['what is no JSON', 4002, () => '{'],
])('%s closes with %i', async (_, code, message) => {
  const { discord, bot } = await scene();
  const gateway = await openGateway(discord, bot.token);
  gateway.sendText(message(bot.token));
  expect(await gateway.closed).toBe(code);
});

test.each<[string, number, number, unknown]>([
  ['identifying twice', 4005, 2, {}],
  ['an unknown opcode', 4001, 99, {}],
])('%s closes with %i', async (_, code, op, d) => {
  const { discord, bot } = await scene();
  const gateway = await identified(discord, bot);
  gateway.send(op, d);
  expect(await gateway.closed).toBe(code);
});

test('the 121st send of a minute closes with 4008', async () => {
  const { discord, bot } = await scene();
  const gateway = await identified(discord, bot);
  for (let sent = 1; sent < 120; sent += 1) gateway.send(GatewayOpcodes.Heartbeat, null);
  await gateway.next(({ op }) => op === 11);
  expect(gateway.socket.readyState).toBe(gateway.socket.OPEN);
  gateway.send(GatewayOpcodes.Heartbeat, null);
  expect(await gateway.closed).toBe(4008);
});

test('a bot sees only itself and people in voice, and no content, unless its intents say more', async () => {
  const { discord, guild, voice, text, person, bot } = await scene();
  const silent = guild.addMember({ displayName: 'Elsewhere' });
  person.joinVoice(voice);
  const gateway = await identified(discord, bot, Guilds | GuildMessages);
  const { d } = await gateway.event('GUILD_CREATE');
  const ids = (d as unknown as { members: { user: { id: string } }[] }).members.map(({ user }) => user.id);
  expect(ids.sort()).toEqual([bot.userId, person.id].sort());
  expect(ids).not.toContain(silent.id);
  person.write(text, 'a secret');
  expect((await gateway.event('MESSAGE_CREATE')).d).toMatchObject({ content: '', author: { id: person.id } });
  await ask(discord, bot, `POST /channels/${text.id}/messages`, { content: 'mine' });
  const own = await gateway.next(({ t, d: data }) => t === 'MESSAGE_CREATE' && data.author.id === bot.userId);
  expect(own.d).toMatchObject({ content: 'mine' });
});

test.each([
  [1000, false],
  [1001, false],
  [4000, true],
])('a close with %i: voice goes on is %s', async (code, goesOn) => {
  const { discord, guild, stage, bot } = await scene();
  const gateway = await identified(discord, bot);
  gateway.send(GatewayOpcodes.VoiceStateUpdate, join(guild, stage));
  await gateway.event('VOICE_SERVER_UPDATE');
  gateway.socket.close(code);
  await gateway.closed;
  await ask(discord, bot, 'GET /gateway');
  expect(stage.present().includes(bot.userId)).toBe(goesOn);
});

test('a broken session that nobody resumes ends in time, and its voice with it', async () => {
  const clock = manualClock();
  const { discord, guild, stage, bot } = await scene({ clock });
  const gateway = await identified(discord, bot);
  gateway.send(GatewayOpcodes.VoiceStateUpdate, join(guild, stage));
  await gateway.event('VOICE_SERVER_UPDATE');
  bot.dropGateway();
  await gateway.closed;
  await ask(discord, bot, 'GET /gateway');
  await clock.advance(179_000_000);
  expect(stage.present()).toEqual([bot.userId]);
  await clock.advance(1_000_000);
  expect([stage.present(), bot.gatewaySessions()]).toEqual([[], []]);
});

test('op 4: silence without permission or room, MOVE_MEMBERS gets in, stages suppress, moves and leaves', async () => {
  const { discord, guild, voice, stage, person, bot } = await scene({ permissions: [] });
  const gateway = await identified(discord, bot);
  const states = () =>
    gateway.received.filter(({ t, d }) => t === 'VOICE_STATE_UPDATE' && d.user_id === bot.userId);
  const servers = () => gateway.received.filter(({ t }) => t === 'VOICE_SERVER_UPDATE');
  const request = async (channel: { id: string } | null) => {
    gateway.send(GatewayOpcodes.VoiceStateUpdate, join(guild, channel));
    await gateway.settled();
  };
  stage.overwrite(guild, { deny: ['Connect'] });
  await request(stage);
  person.joinVoice(voice);
  guild.addMember({ displayName: 'Bo' }).joinVoice(voice);
  await request(voice);
  expect([states(), servers()]).toEqual([[], []]);
  voice.overwrite({ id: bot.userId }, { allow: ['MoveMembers'] });
  await request(voice);
  expect(states().at(-1)?.d).toMatchObject({ channel_id: voice.id, suppress: false });
  stage.overwrite(guild, {});
  await request(stage);
  expect(states().at(-1)?.d).toMatchObject({ channel_id: stage.id, suppress: true });
  expect(new Set(states().map(({ d }) => d.session_id)).size).toBe(2);
  expect(servers()).toHaveLength(2);
  await request(null);
  expect(states().at(-1)?.d).toMatchObject({ channel_id: null });
  expect(stage.present()).toEqual([]);
});

test('a new gateway session takes the voice session over with a new one', async () => {
  const { discord, guild, stage, bot } = await scene();
  const ids: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const gateway = await identified(discord, bot);
    gateway.send(GatewayOpcodes.VoiceStateUpdate, join(guild, stage));
    await gateway.event('VOICE_SERVER_UPDATE');
    ids.push((await gateway.event('VOICE_STATE_UPDATE')).d.session_id);
    gateway.socket.terminate();
  }
  expect(ids[0]).not.toBe(ids[1]);
  expect(stage.present()).toEqual([bot.userId]);
});
