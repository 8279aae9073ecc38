import { afterEach, expect, test, vi } from 'vitest';
import { en } from '../../templates/messages/en.ts';
import type { PermissionName } from '../../src/simulator/state/permissions.ts';
import {
  ALL_PERMISSIONS,
  eventually,
  openHouse,
  speech,
  type House,
  type HouseOptions,
} from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
const enter = async (options?: HouseOptions): Promise<House> => (house = await openHouse(options));
const startsSent = ({ toRecorder }: House): number =>
  toRecorder.filter(({ type }) => type === 'start').length;

test.each<[string, PermissionName[], string]>([
  ['may not connect', ['Connect'], 'Connect'],
  ['may not write', ['SendMessages'], 'Send Messages'],
  ['may not look', ['ViewChannel'], 'View Channel'],
])(
  'a bot that %s in the channel says so, and where, and tells nobody of a recording',
  async (_, deny, label) => {
    const scene = await enter();
    const { guild, hall, lobby, host } = scene;
    hall.overwrite({ id: guild.id }, { deny });
    const answer = await host.runCommand('record start', { channel: hall }, lobby);
    expect(answer.text()).toContain(label);
    expect(answer.text()).toContain(`<#${hall.id}>`);
    expect(answer.text()).toContain('Edit Channel → Permissions');
    expect(hall.messages()).toEqual([]);
    expect(startsSent(scene)).toBe(0);
  },
);

test('everything that a webinar will need is said when it is planned, all at once', async () => {
  const { host, stage, lobby, guild } = await enter({ permissions: ['MuteMembers'] });
  const answer = await host.runCommand(
    'webinar schedule',
    { title: 'Talk', when: 'in 1 hour', channel: stage },
    lobby,
  );
  expect(answer.text()).toBe(en.errors.missingInServer(['Manage Channels', 'Move Members', 'Create Events']));
  expect(guild.events()).toEqual([]);
});

test('a full channel is named, unless the bot may move members', async () => {
  const { guild, lobby, host, guest, hall, account } = await enter({ permissions: [] });
  const small = guild.createChannel({ kind: 'voice', name: 'Booth', userLimit: 1 });
  guest.joinVoice(small);
  const answer = await eventually(
    () => host.runCommand('record start', { channel: small }, lobby),
    (each) => each.text().includes('is full'),
  );
  expect(answer.text()).toBe(en.errors.channelFull(`<#${small.id}>`, 1));
  expect(hall.present()).not.toContain(account.userId);
});

test('a join that Discord does not answer is taken back in front of everybody', async () => {
  const scene = await enter({ passes: (message) => message.type !== 'voice-server' });
  const { hall, lobby, host, catalog, guild } = scene;
  const answer = await host.runCommand('record start', { channel: hall, title: 'Talk' }, lobby);
  expect(answer.text()).toBe(en.errors.couldNotJoin(`<#${hall.id}>`));
  expect(hall.messages().map(({ content }) => content)).toEqual([en.notice.notStarted]);
  expect(await catalog.sessions.listFor(guild.id)).toMatchObject([{ state: 'failed' }]);
  expect((await host.runCommand('record stop', {}, lobby)).text()).toBe(en.errors.notRecording);
});

test('of two starts at once one is recorded, and one is told where and by whom', async () => {
  const { hall, stage, lobby, host, core, guild } = await enter();
  const second = guild.addMember({ displayName: 'Mei', roles: [] });
  const role = guild.createRole({ name: 'More hosts', permissions: ['ManageEvents', 'ManageGuild'] });
  const other = guild.addMember({ displayName: 'Samuel', roles: [role] });
  const answers = await Promise.all([
    host.runCommand('record start', { channel: hall }, lobby),
    other.runCommand('record start', { channel: stage }, lobby),
  ]);
  const texts = answers.map((answer) => answer.text());
  expect(texts.filter((text) => text.startsWith('🔴 Recording'))).toHaveLength(1);
  const told = texts.find((text) => text.startsWith('A recording is already running'));
  expect(told).toMatch(/in <#\d+>: <@\d+> started it/);
  expect(core.live()).toHaveLength(1);
  await expect(second.runCommand('record start', { channel: stage }, lobby)).rejects.toThrow('does not see');
});

test('who is nowhere is asked for a channel; nothing runs, nothing stops', async () => {
  const { host, lobby } = await enter();
  expect((await host.runCommand('record start', {}, lobby)).text()).toBe(en.errors.chooseChannel);
  expect((await host.runCommand('record stop', {}, lobby)).text()).toBe(en.errors.notRecording);
  expect((await host.runCommand('record marker', { name: 'x' }, lobby)).text()).toBe(en.errors.notRecording);
  expect((await host.runCommand('webinar end', {}, lobby)).text()).toBe(en.errors.noLiveWebinar);
  expect((await host.runCommand('episode publish', {}, lobby)).text()).toBe(en.errors.noEpisode);
  expect((await host.runCommand('episode list', {}, lobby)).text()).toBe(en.episode.listEmpty);
});

test('a fault of ours is an apology with a number, and the bot lives on', async () => {
  const scene = await enter({ permissions: ALL_PERMISSIONS });
  const { host, lobby, catalog } = scene;
  const broken = vi.spyOn(catalog.episodes, 'listFor').mockRejectedValue(new Error('the disk is on fire'));
  const answer = await host.runCommand('episode list', {}, lobby);
  const id = /`([0-9a-f]{8})`/.exec(answer.text())?.[1];
  expect(answer.text()).toBe(en.errors.unexpected(id ?? ''));
  expect(answer.text()).not.toContain('fire');
  broken.mockRestore();
  expect((await host.runCommand('episode list', {}, lobby)).text()).toBe(en.episode.listEmpty);
});

test('what one server owns, another can neither see, press nor name', async () => {
  const { stage, lobby, host, account, catalog, guild, neighbour, rest } = await enter();
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Ours' }, lobby);
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(10));
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('is mastered'));
  const [session] = await catalog.sessions.listFor(guild.id);
  const [episode] = await catalog.episodes.listFor(guild.id);

  // Custom ids are no secret: a message with them can stand anywhere that the bot can be made to write.
  const ids = [
    `session:raw:${session!.id}`,
    `session:about:${session!.id}`,
    `episode:publish:${episode!.id}`,
    `episode:retry:${episode!.id}`,
  ];
  const buttons = ids.map((custom_id) => ({ type: 2, style: 2, label: 'x', custom_id }));
  const forged = (await rest('POST', `/channels/${neighbour.lobby.id}/messages`, {
    content: 'x',
    components: [{ type: 1, components: buttons }],
  })) as Parameters<typeof host.press>[0];
  for (const id of ids) {
    const answer = await neighbour.host.press(forged, id);
    expect(answer.text()).toMatch(/gone|no such episode/);
    expect(answer.text()).not.toContain('secret');
  }
  const { choices } = await neighbour.host.autocomplete(
    'episode publish',
    { episode: '' },
    'episode',
    neighbour.lobby,
  );
  expect(choices).toEqual([]);
  const named = await neighbour.host.runCommand('episode publish', { episode: episode!.id }, neighbour.lobby);
  expect(named.text()).toContain('no such episode');
  const remaster = { episode: episode!.id };
  const theirs = await neighbour.host.runCommand('episode remaster', remaster, neighbour.lobby);
  expect(theirs.text()).toContain('no such episode');
  expect((await neighbour.host.runCommand('record status', {}, neighbour.lobby)).text()).toBe(en.record.idle);
  expect((await catalog.episodes.byId(episode!.id))?.state).toBe('ready');
  // Its own hosts may have it made anew.
  const offered = await host.autocomplete('episode remaster', { episode: 'our' }, 'episode', lobby);
  expect(offered.choices?.map(({ value }) => value)).toEqual([episode!.id]);
  const events: string[] = [];
  const unwatch = catalog.watch((event) => event.type === 'episode' && events.push(event.state));
  const ours = await host.runCommand('episode remaster', remaster, lobby);
  await ours.until(({ content }) => content.includes('is mastered'));
  unwatch();
  expect([...new Set(events)]).toEqual(['mastering', 'ready']);
  // And edited, by what they hear of it.
  const unclear = await host.runCommand('episode remaster', { ...remaster, cut: 'the middle' }, lobby);
  expect(unclear.text()).toBe(en.errors.cutUnclear('the middle'));
  const shorter = await host.runCommand('episode remaster', { ...remaster, start: '0:00.5' }, lobby);
  await shorter.until(({ content }) => content.includes('is mastered'));
  const edited = async () => (await catalog.episodes.byId(episode!.id))!.edit;
  expect(await edited()).toMatchObject({ trim: { startUs: 500_000 } });
  const again = await host.runCommand('episode remaster', { ...remaster, reset: true }, lobby);
  await again.until(({ content }) => content.includes('is mastered'));
  expect(await edited()).toBeNull();
});
