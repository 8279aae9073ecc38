/** REST without a library: refusals with Discord's codes, stages, events, voice states, interactions' tokens. */
import { GatewayOpcodes } from 'discord-api-types/v10';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../src/simulator/clock.ts';
import { NotPossibleError } from '../../src/simulator/index.ts';
import { ask, furnish, GuildScheduledEvents, Guilds, GuildVoiceStates, identified } from './furnish.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
async function scene(options: Parameters<typeof furnish>[0] = {}) {
  const all = await furnish({ openApiPath: null, ...options });
  closers.push(() => all.discord.close());
  const request = (line: string, body?: unknown) => ask(all.discord, all.bot, line, body);
  return { ...all, request };
}
type Scene = Awaited<ReturnType<typeof scene>>;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const talk = ({ stage }: Pick<Scene, 'stage'>) => ({
  name: 'Talk',
  privacy_level: 2,
  entity_type: 1,
  channel_id: stage.id,
  scheduled_start_time: inMinutes(5),
});

test.each<[string, (s: Scene) => [string, unknown?], number, number]>([
  ['unknown route', () => ['GET /nothing'], 404, 0],
  ['unknown guild', () => ['GET /guilds/1'], 404, 10004],
  ['unknown channel', () => ['GET /channels/1'], 404, 10003],
  ['unknown message', (s) => [`PATCH /channels/${s.text.id}/messages/1`, { content: 'x' }], 404, 10008],
  ['unknown member', (s) => [`GET /guilds/${s.guild.id}/members/1`], 404, 10007],
  ['unknown user', () => ['GET /users/1'], 404, 10013],
  ['unknown event', (s) => [`GET /guilds/${s.guild.id}/scheduled-events/1`], 404, 10070],
  ['no stage instance', (s) => [`GET /stage-instances/${s.stage.id}`], 404, 10067],
  ['no voice state', (s) => [`PATCH /guilds/${s.guild.id}/voice-states/@me`, { suppress: true }], 404, 10065],
  ['unknown interaction', () => ['POST /interactions/1/x/callback', { type: 5 }], 404, 10062],
  ['unknown token', (s) => [`POST /webhooks/${s.bot.applicationId}/x`, { content: 'x' }], 401, 50027],
  ['no JSON', (s) => [`POST /channels/${s.text.id}/messages`, '{'], 400, 50109],
  [
    'a stage where none can be',
    (s) => ['POST /stage-instances', { channel_id: s.voice.id, topic: 'x' }],
    400,
    50024,
  ],
  ['direct messages to nobody', () => ['POST /users/@me/channels', { recipient_id: '1' }], 404, 10013],
  [
    'an answer to nothing',
    (s) => [`POST /channels/${s.text.id}/messages`, { content: 'x', message_reference: { message_id: '1' } }],
    400,
    50035,
  ],
])('%s', async (_, line, status, code) => {
  const all = await scene();
  const answer = await all.request(...line(all));
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test.each<[string, (s: Scene) => [string, unknown?], number]>([
  ['opening a stage', (s) => ['POST /stage-instances', { channel_id: s.stage.id, topic: 'x' }], 50013],
  ['planning an event', (s) => [`POST /guilds/${s.guild.id}/scheduled-events`, talk(s)], 50013],
  ['renaming a channel', (s) => [`PATCH /channels/${s.text.id}`, { name: 'x' }], 50013],
  ['writing where it cannot see', (s) => [`POST /channels/${s.voice.id}/messages`, { content: 'x' }], 50001],
  ['setting a status', (s) => [`PUT /channels/${s.voice.id}/voice-status`, { status: 'x' }], 50001],
])('without the rights, %s is refused', async (_, line, code) => {
  const all = await scene({ permissions: [] });
  all.voice.overwrite(all.guild, { deny: ['ViewChannel'] });
  const answer = await all.request(...line(all));
  expect([answer.status, answer.body.code]).toEqual([403, code]);
});

test('who asks without a token is refused, and every refusal stands in its own log entry', async () => {
  const { discord, bot } = await scene();
  discord.rest.latencyMs = 5;
  const answers = await Promise.all([
    ask(discord, null, 'GET /users/@me'),
    ask(discord, bot, 'GET /channels/1'),
    ask(discord, bot, 'GET /users/@me'),
    ask(discord, bot, 'GET /nothing'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 404, 200, 404]);
  const byPath = discord.requests.map(({ path, status, error }) => [
    path,
    status,
    (error as { code?: number } | undefined)?.code,
  ]);
  expect(byPath).toHaveLength(4);
  expect(byPath).toEqual(
    expect.arrayContaining([
      ['/users/@me', 401, 0],
      ['/channels/1', 404, 10003],
      ['/users/@me', 200, undefined],
      ['/nothing', 404, 0],
    ]),
  );
});

test('a rate limit refuses as often as it was told to', async () => {
  const { discord, request } = await scene();
  discord.rest.rateLimits.push({ path: '/users', retryAfterS: 0.5, times: 1 });
  const refused = await request('GET /users/@me');
  expect([refused.status, refused.headers.get('retry-after'), refused.body.retry_after]).toEqual([
    429,
    '1',
    0.5,
  ]);
  expect((await request('GET /users/@me')).status).toBe(200);
});

test("an answer to a message carries it; another author's message cannot be edited", async () => {
  const { text, person, request } = await scene();
  const asked = person.write(text, 'when?');
  const reply = await request(`POST /channels/${text.id}/messages`, {
    content: 'now',
    message_reference: { message_id: asked.id },
  });
  expect(reply.body).toMatchObject({ type: 19, referenced_message: { content: 'when?' } });
  const edit = await request(`PATCH /channels/${text.id}/messages/${asked.id}`, { content: 'x' });
  expect([edit.status, edit.body.code]).toEqual([403, 50005]);
});

test('an event lives once: planned, wished for, started, ended', async () => {
  const all = await scene();
  const { guild, person, request } = all;
  const base = `/guilds/${guild.id}/scheduled-events`;
  const { body: event } = await request(`POST ${base}`, talk(all));
  const set = async (status: number) => (await request(`PATCH ${base}/${event.id}`, { status })).body;
  person.subscribe(event);
  const users = await request(`GET ${base}/${event.id}/users?with_member=true`);
  expect(users.body).toMatchObject([{ user: { id: person.id }, member: { user: { id: person.id } } }]);
  person.subscribe(event);
  expect((await request(`GET ${base}/${event.id}?with_user_count=true`)).body.user_count).toBe(0);
  expect((await set(3)).code).toBe(50035);
  expect((await set(2)).status).toBe(2);
  expect((await set(3)).status).toBe(3);
  expect((await set(2)).code).toBe(180_000);
  expect(() => person.subscribe(event)).toThrow(NotPossibleError);
});

test('the hundred and first open event is refused, as is one in the wrong kind of channel', async () => {
  const all = await scene();
  const line = `POST /guilds/${all.guild.id}/scheduled-events`;
  const wrong = await all.request(line, { ...talk(all), channel_id: all.voice.id });
  expect(wrong.body).toMatchObject({ code: 50035, errors: { channel_id: {} } });
  for (let count = 0; count < 100; count += 1) expect((await all.request(line, talk(all))).status).toBe(200);
  expect((await all.request(line, talk(all))).body.code).toBe(30_038);
});

test('a deleted channel takes its people, its stage and its event along', async () => {
  const all = await scene();
  const { discord, guild, stage, person, bot, request } = all;
  await request(`POST /guilds/${guild.id}/scheduled-events`, talk(all));
  expect((await request('POST /stage-instances', { channel_id: stage.id, topic: 'x' })).status).toBe(200);
  expect((await request('POST /stage-instances', { channel_id: stage.id, topic: 'x' })).body.code).toBe(
    150_006,
  );
  person.joinVoice(stage);
  const gateway = await identified(discord, bot, Guilds | GuildVoiceStates | GuildScheduledEvents);
  stage.delete();
  await gateway.event('CHANNEL_DELETE');
  const told = gateway.received.map(({ t }) => t).slice(-4);
  expect(told).toEqual([
    'VOICE_STATE_UPDATE',
    'STAGE_INSTANCE_DELETE',
    'GUILD_SCHEDULED_EVENT_UPDATE',
    'CHANNEL_DELETE',
  ]);
  expect([stage.present(), guild.events()[0]?.status]).toEqual([[], 4]);
});

test('on a stage: invitations, hands and the audience', async () => {
  const { discord, guild, stage, person, bot, request } = await scene({ permissions: ['MuteMembers'] });
  const gateway = await identified(discord, bot);
  gateway.send(GatewayOpcodes.VoiceStateUpdate, {
    guild_id: guild.id,
    channel_id: stage.id,
    self_mute: false,
    self_deaf: false,
  });
  await gateway.event('VOICE_SERVER_UPDATE');
  const own = `/guilds/${guild.id}/voice-states/@me`;
  const raised = { request_to_speak_timestamp: new Date(0).toISOString() };
  expect((await request(`PATCH ${own}`, raised)).body.code).toBe(50_035);
  expect((await request(`PATCH ${own}`, { suppress: false })).status).toBe(204);
  expect((await request(`GET ${own}`)).body).toMatchObject({ suppress: false, channel_id: stage.id });
  person.joinVoice(stage);
  await expect(person.speak([])).rejects.toThrow('in the audience');
  const theirs = `/guilds/${guild.id}/voice-states/${person.id}`;
  expect((await request(`PATCH ${theirs}`, { suppress: false })).status).toBe(204);
  const invited = (await request(`GET ${theirs}`)).body;
  expect(invited.suppress).toBe(false);
  expect(invited.request_to_speak_timestamp).toEqual(expect.any(String));
  await expect(person.speak([])).rejects.toThrow('in the audience');
  person.becomeSpeaker();
  expect((await request(`GET ${theirs}`)).body.request_to_speak_timestamp).toBeNull();
});

async function withCommand(options: Parameters<typeof furnish>[0] = {}) {
  const all = await scene(options);
  const gateway = await identified(all.discord, all.bot);
  await all.request(`PUT /applications/${all.bot.applicationId}/commands`, [
    { name: 'go', description: 'Goes' },
  ]);
  const running = all.person.runCommand('go', {}, all.text);
  running.catch(() => undefined);
  const { d } = await gateway.event('INTERACTION_CREATE');
  const answer = (body: unknown) => all.request(`POST /interactions/${d.id}/${d.token}/callback`, body);
  const hook = `/webhooks/${all.bot.applicationId}/${d.token}`;
  return { ...all, gateway, running, answer, hook };
}

test('a follow-up right after a deferral fills the placeholder, which stays ephemeral', async () => {
  const { request, running, answer, hook, text } = await withCommand();
  expect((await request(`POST ${hook}`, { content: 'early' })).body.code).toBe(10_015);
  expect((await answer({ type: 5, data: { flags: 64 } })).status).toBe(204);
  expect((await answer({ type: 5 })).body.code).toBe(40_060);
  const filled = await request(`POST ${hook}`, { content: 'for you', flags: 0 });
  expect(filled.body.flags).toBe(64);
  expect((await request(`GET ${hook}/messages/@original`)).body.id).toBe(filled.body.id);
  const interaction = await running;
  expect([interaction.ephemeral, interaction.text(), text.messages()]).toEqual([true, 'for you', []]);
  const open = await request(`POST ${hook}`, { content: 'for all' });
  expect(text.messages().map(({ id }) => id)).toEqual([open.body.id]);
  expect((await request(`DELETE ${hook}/messages/${open.body.id}`)).status).toBe(204);
  expect(text.messages()).toEqual([]);
});

test('a token works for fifteen minutes, an acknowledgement for three seconds', async () => {
  const clock = manualClock();
  const { request, answer, hook } = await withCommand({ clock });
  await clock.advance(3_000_000);
  expect((await answer({ type: 4, data: { content: 'x' } })).status).toBe(204);
  await clock.advance(897_000_000);
  expect((await request(`PATCH ${hook}/messages/@original`, { content: 'y' })).status).toBe(200);
  await clock.advance(1);
  expect((await request(`PATCH ${hook}/messages/@original`, { content: 'z' })).body.code).toBe(50_027);
});

test('a late acknowledgement meets an unknown interaction', async () => {
  const clock = manualClock();
  const { answer } = await withCommand({ clock });
  await clock.advance(3_000_001);
  expect((await answer({ type: 5 })).body.code).toBe(10_062);
});

test('only what stands on a message now can be pressed, by whom can see it', async () => {
  const { guild, person, request, running, answer, hook } = await withCommand();
  const components = [{ type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }];
  await answer({ type: 4, data: { content: 'x', flags: 64, components } });
  const { reply } = await running;
  const other = guild.addMember({ displayName: 'Bo' });
  await expect(other.press(reply!, 'go')).rejects.toThrow('sees no such message');
  await request(`PATCH ${hook}/messages/@original`, { components: [] });
  await expect(person.press(reply!, 'go')).rejects.toThrow('no component "go"');
  await expect(person.submitModal(await running, {})).rejects.toThrow('no form is open');
});
