import { GuildScheduledEventEntityType as Entity } from 'discord-api-types/v10';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PermissionName } from '../../src/simulator/state/permissions.ts';
import {
  ask,
  furnish,
  GuildMessages,
  Guilds,
  GuildVoiceStates,
  identified,
  STAGE_RIGHTS,
} from './furnish.ts';

let scene: Awaited<ReturnType<typeof furnish>>;
beforeEach(async () => (scene = await furnish({ permissions: [...STAGE_RIGHTS, 'SetVoiceChannelStatus'] })));
afterEach(() => scene.discord.close());

const deny = (kind: 'text' | 'voice' | 'stage', ...names: PermissionName[]) =>
  scene[kind].overwrite({ id: scene.bot.userId }, { deny: names });
const askAs = (request: string, body?: object) => ask(scene.discord, scene.bot, request, body);

// Docs, Permissions, "Implicit Permissions".
test('who may not connect may not manage a voice channel, but still sees it', async () => {
  deny('voice', 'Connect');
  expect((await askAs(`PATCH /channels/${scene.voice.id}`, { name: 'New' })).body).toMatchObject({
    code: 50013,
  });
  expect((await askAs(`GET /channels/${scene.voice.id}`)).status).toBe(200);
});

// Docs, Guild Scheduled Event, "Permissions Requirements": "the computed permissions ... in the channel_id".
test.each<PermissionName>(['CreateEvents', 'ManageChannels', 'MuteMembers', 'MoveMembers', 'Connect'])(
  'a stage event without %s in its channel is refused, though the guild grants it',
  async (right) => {
    const { guild, stage } = scene;
    const plan = () =>
      askAs(`POST /guilds/${guild.id}/scheduled-events`, {
        name: 'Talk',
        entity_type: Entity.StageInstance,
        privacy_level: 2,
        channel_id: stage.id,
        scheduled_start_time: new Date(Date.now() + 60_000).toISOString(),
      });
    expect((await plan()).status).toBe(200);
    deny('stage', right);
    expect(await plan()).toMatchObject({ status: 403, body: { code: 50013 } });
  },
);

test('one’s own event needs one of two rights in its channel to change', async () => {
  const { guild, voice } = scene;
  const events = `/guilds/${guild.id}/scheduled-events`;
  const { body } = await askAs(`POST ${events}`, {
    name: 'Talk',
    entity_type: Entity.Voice,
    privacy_level: 2,
    channel_id: voice.id,
    scheduled_start_time: new Date(Date.now() + 60_000).toISOString(),
  });
  const rename = async () =>
    (await askAs(`PATCH ${events}/${(body as { id: string }).id}`, { name: 'New' })).status;
  deny('voice', 'ManageEvents');
  expect(await rename()).toBe(200);
  deny('voice', 'ManageEvents', 'CreateEvents');
  expect(await rename()).toBe(403);
});

test('a channel that the bot does not see says nothing to it', async () => {
  const { discord, bot, guild, text, person } = scene;
  const gateway = await identified(discord, bot, Guilds | GuildMessages);
  const hidden = guild.createChannel({ kind: 'text', name: 'hidden' });
  hidden.overwrite({ id: bot.userId }, { deny: ['ViewChannel'] });
  person.write(hidden, 'in private');
  const heard = person.write(text, 'in public');
  await gateway.settled();
  const messages = gateway.received.filter(({ t }) => t === 'MESSAGE_CREATE');
  expect(messages.map(({ d }) => (d as { id?: unknown }).id)).toEqual([heard.id]);
  gateway.socket.close();
});

test('a move is one event; a voice channel’s new status is told', async () => {
  const { discord, bot, voice, stage, person } = scene;
  const gateway = await identified(discord, bot, Guilds | GuildVoiceStates);
  person.joinVoice(voice);
  person.joinVoice(stage);
  person.leaveVoice();
  await askAs(`PUT /channels/${voice.id}/voice-status`, { status: 'Recording' });
  const told = await gateway.event('VOICE_CHANNEL_STATUS_UPDATE');
  expect(told.d).toEqual({ id: voice.id, guild_id: scene.guild.id, status: 'Recording' });
  const states = gateway.received.filter(({ t }) => t === 'VOICE_STATE_UPDATE');
  expect(states.map(({ d }) => (d as { channel_id?: unknown }).channel_id)).toEqual([
    voice.id,
    stage.id,
    null,
  ]);
  gateway.socket.close();
});
