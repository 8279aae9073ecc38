/** `/record check`: what is said of each voice as a table, then a whole check against the embedded Discord. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  qualityOf,
  soundReport,
  type Loudness,
  type Quality,
  type Voice,
} from '../../src/bot/recording/sound-report.ts';
import { en } from '../../templates/messages/en.ts';
import { openHouse, type House } from './support/house.ts';

const loudness = (integratedLufs: number, truePeakDbtp = -6): Loudness => ({ integratedLufs, truePeakDbtp });

test.each<[Quality, Loudness | undefined, number]>([
  ['unmeasured', undefined, 10],
  ['nothing', loudness(-70), 10],
  ['short', loudness(-70), 0.2],
  ['short', loudness(-20), 0.2],
  ['clipped', loudness(-12, 0.4), 10],
  ['loud', loudness(-12), 10],
  ['good', loudness(-14), 10],
  ['good', loudness(-30), 10],
  ['quiet', loudness(-34), 10],
  ['veryQuiet', loudness(-45), 10],
])('%s: %j over %d s', (quality, measured, seconds) => {
  expect(qualityOf({ loudness: measured, audioUs: seconds * 1e6 })).toBe(quality);
});

const voice = (displayName: string, more: Partial<Voice>): Voice => ({
  ...{ userId: displayName, displayName, bot: false, packets: 500, lost: 0, audioUs: 10e6 },
  loudness: loudness(-23),
  ...more,
});

test('a report names who was heard, how, and who was not', () => {
  const voices = [
    voice('Tobias', { packets: 400, lost: 4, loudness: loudness(-44.6) }),
    voice('Inès', {}),
    voice('Jukebox', { packets: 100, lost: 25, bot: true, loudness: undefined }),
  ];
  const present = ['Inès', 'Tobias', 'Ana', 'Cem'].map((name) => ({
    userId: name,
    displayName: name,
    muted: false,
    refused: name === 'Ana',
  }));
  const lines = soundReport(
    voices,
    [...present, { userId: 'B', displayName: '*Bo*', muted: true, refused: false }],
    en,
  );
  expect(lines).toEqual([
    '**Inès**: −23 LUFS, good · nothing lost on the way',
    '**Tobias**: −45 LUFS, very quiet; move closer, or turn the microphone up · 1.0 % lost on the way',
    '**Jukebox** (a bot): heard, but its loudness could not be measured · 20.0 % lost on the way: a cable instead of Wi-Fi helps',
    '**Ana** is in the channel and has opted out of being recorded, so I did not listen to them.',
    '**Cem** is in the channel but was not heard. Did they speak? Is it the right microphone, in Discord’s **Voice & Video** settings?',
    '**\\*Bo\\*** is in the channel but was not heard: muted',
  ]);
  expect(soundReport([], [], en)).toEqual([en.check.nobody]);
  const crowd = Array.from({ length: 99 }, (_, index) => voice('*'.repeat(60), { userId: String(index) }));
  const said = soundReport(crowd, [], en);
  expect(said.at(-1)).toBe(en.check.more(84));
  expect(said.join('\n').length).toBeLessThan(4_000);
});

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

const voiceFile = (name: string) => path.join(import.meta.dirname, '../../src/demo/voices', `${name}.opus`);

test('a voice channel is listened to: people are told, the host reads whom it hears, and nothing is kept', async () => {
  const scene = (house = await openHouse());
  const { discord, hall, lobby, host, guest, guild, account, catalog, core, dataFolder } = scene;
  const ana = guild.addMember({ displayName: 'Ana' });
  for (const member of [host, ana]) member.joinVoice(hall);
  const check = await host.runCommand('record check', { channel: hall, seconds: 3 }, lobby);
  expect(check.ephemeral).toBe(true);
  expect(check.text()).toBe(en.check.listening(`<#${hall.id}>`, 3));
  const [notice] = hall.messages();
  expect(notice?.content).toContain(`🎧 **Sound check.** <@${host.id}> wants to know`);
  expect(notice?.content).toContain('Nothing of it is kept');

  // While it listens nothing else starts, and nothing runs that could be stopped.
  const start = await host.runCommand('record start', { channel: hall }, lobby);
  expect(start.text()).toBe(en.errors.checking);
  expect((await host.runCommand('record stop', {}, lobby)).text()).toBe(en.errors.notRecording);
  await hall.room().whenConnected(account.userId);
  // Who comes late is known by name all the same.
  guest.joinVoice(hall, { faults: { lossRate: 0.1 } });
  void host.speak(voiceFile('ines-1'));
  void guest.speak(voiceFile('mei-1'));
  // Whoever does not want to be listened to says so, before or meanwhile.
  void ana.speak(voiceFile('samuel-1'));
  expect((await ana.runCommand('privacy opt-out', {}, lobby)).text()).toBe(en.privacy.optedOut(false));
  const report = await check.until(({ embeds }) => embeds.length > 0);
  const lines = report.embeds[0]!.description!.split('\n');
  expect(lines[0]).toBe(en.check.over(`<#${hall.id}>`, 3));
  expect(lines.find((line) => line.startsWith('**Inès**'))).toMatch(
    /^\*\*Inès\*\*: −2[1-5] LUFS, good · nothing lost on the way$/,
  );
  expect(lines.find((line) => line.startsWith('**Tobias**'))).toMatch(
    /^\*\*Tobias\*\*: −3[2-7] LUFS, quiet; move closer to the microphone · \d+\.\d % lost on the way: a cable/,
  );
  expect(lines.filter((line) => line.includes('Ana'))).toEqual([en.check.refused('Ana')]);

  await hall.nextMessage(({ id, content }) => id === notice?.id && content === en.notice.checked);
  expect(hall.present()).not.toContain(account.userId);
  await expect.poll(() => readdir(path.join(dataFolder, 'sound-checks'))).toEqual([]);
  expect(await readdir(path.join(dataFolder, 'sessions'))).toEqual([]);
  expect(await catalog.sessions.listFor(guild.id)).toEqual([]);

  // A recording is never disturbed by a check.
  await host.runCommand('record start', { channel: hall }, lobby);
  const refused = await host.runCommand('record check', { channel: hall }, lobby);
  expect(refused.text()).toContain(`<#${hall.id}> is being recorded, <@${host.id}> started it`);
  expect(refused.text()).toContain('`/record status`');
  expect(core.live()).toHaveLength(1);
  expect(discord.requests.filter(({ status }) => status >= 400)).toEqual([]);
});

test('who does not say how long is listened to for 30 s', async () => {
  const scene = (house = await openHouse({ passes: ({ type }) => type !== 'check' }));
  const { hall, lobby, host, toRecorder } = scene;
  host.joinVoice(hall);
  const check = await host.runCommand('record check', { channel: hall }, lobby);
  expect(check.text()).toBe(en.check.listening(`<#${hall.id}>`, 30));
  await expect
    .poll(() => toRecorder.flatMap((message) => (message.type === 'check' ? message.listenMs : [])))
    .toEqual([30_000]);
});

test('below the disk’s floor nobody is told of a check or a recording that does not come', async () => {
  const scene = (house = await openHouse({ diskFloorBytes: Number.MAX_SAFE_INTEGER }));
  const { hall, lobby, host, guild, catalog } = scene;
  host.joinVoice(hall);
  for (const command of ['record check', 'record start'])
    expect((await host.runCommand(command, { channel: hall }, lobby)).text()).toBe(en.errors.diskFull);
  expect(hall.messages()).toEqual([]);
  expect(await catalog.sessions.listFor(guild.id)).toEqual([]);
});
