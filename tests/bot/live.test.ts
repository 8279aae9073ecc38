/** What happens around a running recording: people come late, the bot is deafened, the recorder shuts down. */
import { GatewayCloseCodes } from 'discord-api-types/v10';
import { afterEach, expect, test } from 'vitest';
import { LoginRefusedError, startBot } from '../../src/bot/index.ts';
import { en } from '../../templates/messages/en.ts';
import { quietLogger } from '../catalog/support/test-catalog.ts';
import {
  eventually,
  links,
  NEVER_FORGOTTEN,
  NO_SIGNS,
  openHouse,
  speech,
  type House,
} from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function recording(): Promise<House & { sessionId: string }> {
  const scene = (house = await openHouse());
  const { stage, lobby, host, account } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  return { ...scene, sessionId: scene.core.live()[0]!.sessionId };
}

const matchesState = (state: unknown, wanted: Record<string, unknown>): boolean =>
  Object.entries(wanted).every(([field, value]) => Reflect.get(state as object, field) === value);

test('who comes late is made known to the recorder by name', async () => {
  const { stage, guest, toRecorder, sessionId } = await recording();
  guest.joinVoice(stage);
  await eventually(
    () => toRecorder.filter(({ type }) => type === 'person'),
    (told) =>
      told.some(
        (each) =>
          each.type === 'person' && each.sessionId === sessionId && each.person.displayName === 'Tobias',
      ),
  );
});

test('whose silence means nothing is made known to the recorder', async () => {
  const { stage, guest, toRecorder } = await recording();
  guest.joinVoice(stage);
  await eventually(
    () => toRecorder.flatMap((message) => (message.type === 'voice-state' ? [message.payload] : [])),
    (states) => states.some((state) => matchesState(state, { user_id: guest.id, suppress: true })),
  );
});

test('a deafened bot asks its host for help, once', async () => {
  const { stage, host, link, sessionId } = await recording();
  link().events.emit('warning', sessionId, 'server-deaf', 'x');
  const plea = await stage.nextMessage(({ content }) => content.startsWith('⚠️'));
  expect(plea.content).toBe(en.warning.deaf(`<@${host.id}>`));
  link().events.emit('warning', sessionId, 'server-deaf', 'x');
  link().events.emit('warning', sessionId, 'disk', 'x');
  await stage.nextMessage(({ content }) => content === en.warning.disk(`<@${host.id}>`));
  expect(stage.messages().filter(({ content }) => content === plea.content)).toHaveLength(1);
  // Its end is told once, and no end is told of what nobody was told.
  const hearing = en.warning.hearing(`<@${host.id}>`);
  link().events.emit('warning', sessionId, 'hearing', 'x');
  await stage.nextMessage(({ content }) => content === hearing);
  for (const code of ['hearing', 'quiet', 'deaf']) link().events.emit('warning', sessionId, code, 'x');
  await stage.nextMessage(({ content }) => content === en.warning.unheard(`<@${host.id}>`));
  const ends = stage.messages().filter(({ content }) => /^[✅ℹ]/u.test(content));
  expect(ends.map(({ content }) => content)).toEqual([hearing]);
});

test.each([
  ['disk-low-30', en.warning.diskLow('@', 30)],
  ['disk-low-10', en.warning.diskLow('@', 10)],
  ['seal-failed', en.warning.sealFailed('@')],
])('the host reads in the chat what the recorder says of the disk: %s', async (code, text) => {
  const { stage, host, link, sessionId } = await recording();
  link().events.emit('warning', sessionId, code, 'x');
  const warning = await stage.nextMessage(({ content }) => content.startsWith('⚠️'));
  expect(warning.content).toBe(text.replace('@', `<@${host.id}>`));
});

test('a moderator deafens the bot and takes it back: the host is told both', async () => {
  const { guild, stage, host, lobby, core, account } = await recording();
  const said = host.speak(speech(400));
  guild.owner.serverDeafen(account.userId, true);
  await stage.nextMessage(({ content }) => content === en.warning.deaf(`<@${host.id}>`));
  expect(core.live()[0]!.health).toBe('server-deaf');
  guild.owner.serverDeafen(account.userId, false);
  await stage.nextMessage(({ content }) => content === en.warning.hearing(`<@${host.id}>`));
  expect(core.live()[0]!.health).toBe('good');
  host.leaveVoice();
  await said;
  await host.runCommand('record stop', {}, lobby);
});

test('the recorder shuts down: people are told, and the episode is made', async () => {
  const { stage, host, core, catalog, guild } = await recording();
  await host.speak(speech(20));
  await core.stop();
  await stage.nextMessage(({ content }) => content.startsWith('⏹️ Stagecast is being shut down'));
  await eventually(
    () => catalog.episodes.listFor(guild.id),
    (episodes) => episodes[0]?.state === 'ready',
  );
});

test('a button of another version says so', async () => {
  const { lobby, host, rest } = await recording();
  const button = { type: 2, style: 2, label: 'x', custom_id: 'panel:of:long:ago' };
  const old = (await rest('POST', `/channels/${lobby.id}/messages`, {
    content: 'x',
    components: [{ type: 1, components: [button] }],
  })) as Parameters<typeof host.press>[0];
  expect((await host.press(old, 'panel:of:long:ago')).text()).toBe(en.errors.outdated);
});

test('a gateway that Discord closes for good ends the application, with what a person must do', async () => {
  const { account, lost } = await recording();
  account.closeGateway(GatewayCloseCodes.AuthenticationFailed);
  await eventually(
    () => lost,
    (errors) => errors.length > 0,
  );
  expect(lost).toEqual([expect.any(LoginRefusedError)]);
  expect(lost[0]!.message).toContain('Reset it in the Developer Portal');
});

test('a token that Discord does not take is a matter for a person', async () => {
  const { discord, catalog, link } = await recording();
  const attempt = startBot({
    ...{ token: 'MTIz.AAAAAA.wrong', apiUrl: discord.apiUrl, catalog, recorder: link(), links },
    members: { open: () => Promise.reject(new Error()), renew: () => Promise.reject(new Error()) },
    forgotten: NEVER_FORGOTTEN,
    signs: NO_SIGNS,
    measureLoudness: () => Promise.reject(new Error('nobody is listened to')),
    sounds: {
      set: () => Promise.reject(new Error('nobody sends a sound')),
      remove: () => Promise.resolve(false),
    },
    art: { set: () => Promise.reject(new Error('nobody sends art')) },
    categories: {},
    logger: quietLogger,
  });
  await expect(attempt).rejects.toBeInstanceOf(LoginRefusedError);
  await expect(attempt).rejects.toThrow(/DISCORD_TOKEN/);
});
