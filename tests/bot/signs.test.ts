/** The signs of a recording besides its notice: nickname, the channel's status or topic, and the spoken notice. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withoutPrefix, withPrefix } from '../../src/bot/signs/nickname.ts';
import { opusSamples, readOggOpus } from '../../src/simulator/voice/opus-source.ts';
import { en } from '../../templates/messages/en.ts';
import { spokenNoticePath } from '../../templates/sounds/index.ts';
import { ALL_PERMISSIONS, eventually, openHouse, type House, type HouseOptions } from './support/house.ts';

test.each<[string, string | undefined]>([
  ['Stagecast', '[REC] Stagecast'],
  ['[REC] Stagecast', undefined],
  ['x'.repeat(26), `[REC] ${'x'.repeat(26)}`],
  ['x'.repeat(27), undefined],
])('the prefix before %s', (name, expected) => {
  expect(withPrefix('[REC]', name)).toBe(expected);
});

test.each<[string | null, string | null | undefined]>([
  [null, undefined],
  ['Stagecast', undefined],
  ['[REC] Stagecast', null],
  ['[REC] Our bot', 'Our bot'],
])('the prefix taken off %s', (nickname, expected) => {
  expect(withoutPrefix('[REC]', nickname, 'Stagecast')).toBe(expected);
});

test('the spoken notice is short, and in packets as Discord’s clients send them', async () => {
  const packets = await readOggOpus(spokenNoticePath('fr'));
  expect(new Set(packets.map(opusSamples))).toEqual(new Set([960]));
  expect(packets.length / 50).toBeGreaterThan(3);
  expect(packets.length / 50).toBeLessThan(10);
});

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** A short sentence, so that the tests need not listen to all of the notice. */
let folder: string;
let sentencePath: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-signs-'));
  sentencePath = path.join(folder, 'sentence.opus');
  const voice = path.join(import.meta.dirname, '../../src/demo/voices/tobias-2.opus');
  execFileSync('ffmpeg', ['-v', 'error', '-i', voice, '-t', '0.4', '-c', 'copy', sentencePath]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const ALL_SIGNS = { nicknamePrefix: '[REC]', channelStatus: true, spokenNotice: () => sentencePath };

async function enter(options: HouseOptions = {}) {
  const scene = (house = await openHouse({ signs: ALL_SIGNS, ...options }));
  const { rest, guild, account, hall } = scene;
  const nick = async () => {
    const member = await rest('GET', `/guilds/${guild.id}/members/${account.userId}`);
    return (member as { nick: string | null }).nick;
  };
  const status = async () =>
    ((await rest('GET', `/channels/${hall.id}`)) as { status: string | null }).status;
  const becomes = async (ask: () => Promise<string | null>, wanted: string | null) => {
    await eventually(ask, (value) => value === wanted);
  };
  return { ...scene, nick, status, becomes };
}

const isSilence = (opus: Uint8Array) => Buffer.from(opus).equals(Buffer.from([0xf8, 0xff, 0xfe]));
const spoken = (packets: readonly { opus: Uint8Array }[]) =>
  packets.filter(({ opus }) => !isSilence(opus)).map(({ opus }) => Buffer.from(opus).toString('hex'));
const sentence = async () =>
  (await readOggOpus(sentencePath)).map((opus) => Buffer.from(opus).toString('hex'));

test('a voice channel: name, status, and a sentence that its people hear, encrypted for them', async () => {
  const permissions = [...ALL_PERMISSIONS, 'SetVoiceChannelStatus' as const];
  const scene = await enter({ permissions });
  const { discord, hall, lobby, host, guest, account, nick, status, becomes } = scene;
  for (const member of [host, guest]) member.joinVoice(hall);
  await host.runCommand('record start', { channel: hall, title: 'Talk' }, lobby);
  await becomes(nick, '[REC] stagecast');
  await becomes(status, en.signs.status('Talk'));
  const expected = await sentence();
  await eventually(
    () => spoken(hall.room().heardFrom(account.userId)).length,
    (count) => count >= expected.length,
  );
  expect(spoken(hall.room().heardFrom(account.userId))).toEqual(expected);

  // The next application says nothing twice.
  await scene.die();
  await scene.start();
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('Nobody spoke'));
  await becomes(nick, null);
  await becomes(status, null);
  expect(spoken(hall.room().heardFrom(account.userId))).toEqual(expected);
  expect(discord.requests.filter(({ status: code }) => code >= 400)).toEqual([]);
});

test('a stage: the bot steps up to say it, and down again', async () => {
  const scene = await enter();
  const { discord, stage, lobby, host, account, rest } = scene;
  host.joinVoice(stage, { speaker: true });
  await rest('POST', '/stage-instances', { channel_id: stage.id, topic: 'Evening' });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  const expected = await sentence();
  await eventually(
    () => spoken(stage.room().heardFrom(account.userId)).length,
    (count) => count >= expected.length,
  );
  expect(spoken(stage.room().heardFrom(account.userId))).toEqual(expected);
  const steps = () =>
    discord.requests
      .filter(({ method, path: route }) => method === 'PATCH' && route.endsWith('/voice-states/@me'))
      .map(({ body }) => (body as { suppress: boolean }).suppress);
  await eventually(steps, (all) => all.length === 2);
  expect(steps()).toEqual([false, true]);
  expect(stage.stageInstance()?.topic).toBe('🔴 REC · Evening');
  const topicBecomes = (wanted: string) =>
    eventually(
      () => stage.stageInstance()?.topic,
      (topic) => topic === wanted,
    );
  await rest('PATCH', `/stage-instances/${stage.id}`, { topic: 'Night' });
  await topicBecomes('🔴 REC · Night');
  await host.runCommand('record stop', {}, lobby);
  await topicBecomes('Night');
});

test('the application dies, and the recording ends without it: the next one puts the name right, and what is lacking is told', async () => {
  const scene = await enter({ signs: { nicknamePrefix: '[REC]', channelStatus: true } });
  const { discord, hall, lobby, host, account, core, rest, guild, nick, becomes } = scene;
  await rest('PATCH', `/guilds/${guild.id}/members/@me`, { nick: 'Our bot' });
  host.joinVoice(hall);
  await host.runCommand('record start', { channel: hall }, lobby);
  await becomes(nick, '[REC] Our bot');
  await hall.room().whenConnected(account.userId);
  const told = await hall.nextMessage(({ content }) => content.startsWith('ℹ️'));
  expect(told.content).toBe(en.signs.missing(`<@${host.id}>`, ['Set Voice Channel Status'], `<#${hall.id}>`));
  // Said once for a recording, wherever it is moved, and whoever runs it.
  const second = guild.createChannel({ kind: 'voice', name: 'Second Table' });
  const runsIn = ({ id }: { id: string }) =>
    new Promise<void>((resolve) => {
      scene.link().events.on('status', ({ channelId, state, untold }) => {
        if (channelId === id && state === 'recording' && untold !== true) resolve();
      });
    });
  guild.owner.drag(account.userId, second);
  await runsIn(second);
  await scene.die();
  await scene.start();
  guild.owner.drag(account.userId, hall);
  await runsIn(hall);
  await scene.die();
  core.receive({ type: 'stop', requestId: 'by hand', sessionId: core.live()[0]!.sessionId });
  await eventually(
    () => core.live().length,
    (count) => count === 0,
  );
  expect(await nick()).toBe('[REC] Our bot');
  await scene.start();
  await becomes(nick, 'Our bot');
  const lacks = [...hall.messages(), ...second.messages()].filter(({ content }) => content.startsWith('ℹ️'));
  expect(lacks).toHaveLength(1);
  expect(discord.requests.filter(({ status: code }) => code >= 400)).toEqual([]);
});
