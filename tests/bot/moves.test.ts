/** A moderator drags the bot into another channel: nothing is kept there before the people were told. */
import { afterEach, expect, test } from 'vitest';
import { en } from '../../templates/messages/en.ts';
import { eventually, openHouse, speech, type House, type HouseOptions } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function recording(options: HouseOptions = {}): Promise<House & { sessionId: string }> {
  const scene = (house = await openHouse(options));
  const { stage, lobby, host, account } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  return { ...scene, sessionId: scene.core.live()[0]!.sessionId };
}

const isNotice = ({ content }: { content: string }) => content.startsWith('🔴 **This channel');
const isOver = ({ content }: { content: string }) => content.startsWith('⏹️ This channel was recorded');
const saysSo = (content: string) => (message: { content: string }) => message.content === content;

test('people there are told, those it left are free again, and it is one recording with all that was said', async () => {
  const { guild, stage, hall, host, guest, lobby, core, account, toRecorder, catalog } = await recording();
  guest.joinVoice(hall);
  const [ana, ben] = ['Ana', 'Ben'].map((displayName) => guild.addMember({ displayName }));
  ana!.joinVoice(stage, { speaker: true });
  const late = await stage.nextMessage(saysSo(en.notice.newcomers([`<@${ana!.id}>`])));
  // Too late to be told there: from now on they are not recorded.
  ben!.joinVoice(stage, { speaker: true });
  await host.speak(speech(20));
  guild.owner.drag(account.userId, hall);
  const there = await hall.nextMessage(isNotice);
  expect(there.content).toBe(en.notice.recording(`<@${host.id}>`, 'Talk'));
  await stage.nextMessage(isOver);
  await stage.nextMessage(({ id, content }) => id === late.id && content === en.notice.passed);
  await eventually(
    () => core.live()[0],
    (live) => live?.state === 'recording' && live.untold === undefined,
  );
  expect(toRecorder.filter(({ type }) => type === 'told')).toMatchObject([
    { notice: { channelId: stage.id, messageId: late.id }, userIds: [ana!.id] },
    { notice: { channelId: hall.id, messageId: there.id }, userIds: [guest.id], everyone: true },
  ]);
  await hall.room().whenConnected(account.userId);
  await guest.speak(speech(20));
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('is mastered'));
  await hall.nextMessage(({ id, content }) => id === there.id && isOver({ content }));
  expect(await catalog.sessions.listFor(guild.id)).toMatchObject([{ state: 'sealed', speakers: 2 }]);
  const red = [...stage.messages(), ...hall.messages()].filter(({ content }) => content.includes('🔴'));
  expect(red).toEqual([]);
});

test('its chat is closed to the bot: the host is asked for help, the next application tries on, and people are told', async () => {
  const scene = await recording({ moves: { retryMs: 50, limitMs: 60_000 } });
  const { guild, stage, hall, host, lobby, core, account } = scene;
  hall.overwrite({ id: account.userId }, { deny: ['SendMessages'] });
  guild.owner.drag(account.userId, hall);
  const plea = await stage.nextMessage(({ content }) => content.startsWith('⚠️'));
  const endsAt = Number(/<t:(\d+):R>/.exec(plea.content)?.[1]);
  expect(plea.content).toBe(en.warning.untold(`<@${host.id}>`, `<#${hall.id}>`, ['Send Messages'], endsAt));
  expect(plea.mentions.map(({ id }) => id)).toEqual([host.id]);
  await eventually(
    () => core.live()[0],
    (live) => live?.channelId === hall.id && live.untold === true,
  );
  const status = async () => (await host.runCommand('record status', {}, lobby)).text();
  await eventually(status, (text) => text.includes(en.record.untold));
  await scene.die();
  await scene.start();
  const pleas = () => stage.messages().filter(({ content }) => content.startsWith('⚠️')).length;
  await eventually(pleas, (count) => count === 2);
  expect(hall.messages()).toEqual([]);
  hall.overwrite({ id: account.userId }, { allow: ['SendMessages'] });
  await hall.nextMessage(isNotice);
  await stage.nextMessage(saysSo(en.warning.toldAtLast(`<@${host.id}>`, `<#${hall.id}>`)));
  expect(core.live()[0]?.untold).toBeUndefined();
  expect(hall.messages()).toHaveLength(1);
  // Dragged back, the people here are told anew.
  guild.owner.drag(account.userId, stage);
  await stage.nextMessage((message) => isNotice(message));
  await hall.nextMessage(isOver);
});

test('where nobody can be told the recording ends after a while, and says why', async () => {
  const moves = { retryMs: 50, limitMs: 300 };
  const { guild, stage, hall, host, core, account, catalog } = await recording({ moves });
  await host.speak(speech(20));
  hall.overwrite({ id: account.userId }, { deny: ['ViewChannel'] });
  guild.owner.drag(account.userId, hall);
  await stage.nextMessage(({ content }) => content.startsWith('⚠️') && content.includes('**View Channel**'));
  const end = await stage.nextMessage(({ content }) => content.startsWith('⏹️ I was moved into a channel'));
  expect(end.mentions.map(({ id }) => id)).toEqual([host.id]);
  expect(core.live()).toEqual([]);
  expect(hall.messages()).toEqual([]);
  expect(stage.messages().filter(isOver)).toHaveLength(1);
  await eventually(
    () => catalog.episodes.listFor(guild.id),
    (episodes) => episodes[0]?.state === 'ready',
  );
});

test('moved while the application was dead: the next one tells the people there, and the recording follows', async () => {
  const scene = await recording();
  const { guild, stage, hall, guest, core, account } = scene;
  guest.joinVoice(hall);
  await scene.die();
  guild.owner.drag(account.userId, hall);
  await scene.start();
  await hall.nextMessage(isNotice);
  await stage.nextMessage(isOver);
  await eventually(
    () => core.live()[0],
    (live) => live?.state === 'recording' && live.channelId === hall.id && live.untold === undefined,
  );
  await hall.room().whenConnected(account.userId);
  const { packets } = await guest.speak(speech(20));
  await eventually(
    () => core.live()[0]?.speakers[0],
    (heard) => heard?.userId === guest.id && heard.packets === packets,
  );
  // And once more: each channel's notice is closed once, with the times of that channel.
  const den = guild.createChannel({ kind: 'voice', name: 'Den' });
  const left = stage.messages().find(isOver);
  await scene.die();
  guild.owner.drag(account.userId, den);
  await scene.start();
  await den.nextMessage(isNotice);
  await hall.nextMessage(isOver);
  // Sealed while nobody could say so, it is closed where it was.
  await eventually(
    () => core.live()[0],
    (live) => live?.channelId === den.id && live.untold === undefined,
  );
  await scene.die();
  core.receive({ type: 'stop', requestId: 'by hand', sessionId: scene.sessionId });
  await eventually(
    () => core.live().length,
    (live) => live === 0,
  );
  await scene.start();
  await den.nextMessage(isOver);
  await den.nextMessage(({ content }) => content.startsWith('⏹️ The recording of'));
  expect(stage.messages()).toEqual([left]);
  expect(hall.messages().filter((message) => !isOver(message))).toEqual([]);
});
