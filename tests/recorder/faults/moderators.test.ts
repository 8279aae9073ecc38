/** A moderator, or the end of a channel, takes the bot from where it records. */
import { afterEach, expect, test } from 'vitest';
import { readSession } from '../../../recorder/session/reader.ts';
import { speech, until } from '../voice/call.ts';
import { compare, expectOneHole, named } from './compare.ts';
import { closeCall, talking, type GuildCall } from './guild-call.ts';

afterEach(closeCall);

test.each<[string, string, (call: GuildCall) => void]>([
  ['a moderator disconnects the bot', 'removed', ({ guild, bot }) => guild.owner.disconnect(bot.userId)],
  ['the channel is deleted', 'channel-gone', ({ stage }) => stage.delete()],
  ['the bot is banned', 'server-gone', ({ guild, bot }) => bot.ban(guild)],
])('%s: the recording ends at once (%s), with all that was said until then', async (_, reason, fault) => {
  const { call, said } = await talking(60);
  fault(call);
  await until(() => call.find('sealed').length > 0, 'the session is sealed');
  const endUs = call.clock.nowUs();
  await call.play(1_000_000);
  await said;
  const outcome = await compare(call);
  expect(outcome.reason).toBe(reason);
  expect(outcome.lost).toEqual(outcome.unheard);
  expect(outcome.lost.every(({ dueUs }) => dueUs >= endUs)).toBe(true);
  expect(outcome.gaps).toEqual([]);
  expect(call.find('sealed')).toMatchObject([{ session: { sessionId: call.sessionId, reason } }]);
  // It does not come back.
  expect(JSON.stringify(call.find('gateway-send').slice(1))).not.toContain(call.stage.id);
});

test('a moderator drags the bot: it follows, and lost is what was said there before the people were told', async () => {
  const { call, said } = await talking(60);
  await call.play(500_000);
  await said;
  const guest = call.guild.addMember({ displayName: 'Tobias' });
  const speaker = guest.joinVoice(call.hall, { speaker: true });
  const saidThere = speaker.speak(speech(300, 2));
  const bot = { there: false };
  void call.hall
    .room()
    .whenConnected(call.bot.userId)
    .then(() => (bot.there = true));
  const fromUs = call.clock.nowUs();
  call.guild.owner.drag(call.bot.userId, call.hall);
  await call.play(1_500_000, () => call.find('warning').some(({ code }) => code === 'moved'));
  expect(call.find('warning').find(({ code }) => code === 'moved')?.detail).toBe(call.hall.id);
  // What is sent before the bot is there has nobody to come to; connections are closed and made in real time.
  for (let turn = 0; turn < 150 && !bot.there; turn += 1) {
    await call.play(20_000);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await call.play(1_000_000);
  expect(call.status()).toMatchObject({ state: 'recording', channelId: call.hall.id });
  // A notice in the channel it came from is none here.
  call.told(call.stage.id);
  await call.play(200_000);
  const toldUs = call.clock.nowUs();
  call.told(call.hall.id);
  await call.play(6_000_000);
  await saidThere;
  await call.stop();
  const outcome = await compare(call);
  const spoken = call.hall
    .room()
    .truth.of(guest.id)
    .filter(({ silence }) => !silence);
  expect(outcome.lost).toEqual(spoken.filter(({ dueUs }) => dueUs <= toldUs).map(named));
  expect(spoken.length).toBeGreaterThan(outcome.lost.length);
  // From the drag to the notice, in one hole or two, as the two gateways tell of it in either order.
  const { gaps } = outcome;
  expect(gaps.at(-1)!.reason).toBe('consent');
  expect(gaps.map((gap) => gap.startUs)).toEqual([
    fromUs - call.startUs,
    ...gaps.slice(0, -1).map((gap) => gap.endUs),
  ]);
  expect(gaps.at(-1)!.endUs).toBe(toldUs - call.startUs);
  const entries = await call.journal();
  expect(entries).toContainEqual(expect.objectContaining({ type: 'moved', channelId: call.hall.id }));
  const kinds = entries.map(({ type }) => type);
  expect(kinds.lastIndexOf('told')).toBeGreaterThan(kinds.indexOf('moved'));
});

test('dragged away and back: what was said here meanwhile is no loss, and who stayed has a hole of its own reason', async () => {
  const { call } = await talking(20);
  const { guild, stage, hall, bot } = call;
  const quiet = guild.addMember({ displayName: 'Tobias' });
  quiet.joinVoice(hall, { speaker: true });
  const move = async (channel: typeof stage): Promise<void> => {
    const moves = call.find('warning').filter(({ code }) => code === 'moved').length;
    guild.owner.drag(bot.userId, channel);
    const moved = () => call.find('warning').filter(({ code }) => code === 'moved').length > moves;
    await call.play(1_500_000, () => moved() && call.status()?.state === 'recording');
    await call.play(1_000_000);
    call.told(channel.id);
  };
  const said = guild.owner.speak(speech(600, 2));
  await call.play(500_000);
  await move(hall);
  const fromUs = call.clock.nowUs();
  await call.play(2_000_000);
  const backUs = call.clock.nowUs();
  await move(stage);
  await call.play(10_000_000);
  await said;
  expect(call.status()?.speakers).toMatchObject([{ userId: guild.owner.id, lost: 0 }]);
  await call.stop();
  const { gaps, tracks } = await readSession(call.folder);
  expect(tracks.map(({ lost }) => lost)).toEqual([0]);
  const elsewhere = gaps.filter(({ track }) => track === 1);
  expect(elsewhere).toMatchObject([{ startUs: fromUs - call.startUs, reason: 'elsewhere' }]);
  // A step of the clock or two: word of a move takes a turn to come.
  expect(elsewhere[0]!.endUs - (backUs - call.startUs)).toBeOneOf([0, 5_000, 10_000]);
  expect(new Set(gaps.map(({ reason }) => reason))).not.toContain('loss');
  // Each move ends the connection with the close that a removal has, and is none.
  expect(call.find('warning').map(({ code }) => code)).not.toContain('returned');
});

test.each<[string, (call: GuildCall) => void]>([
  ['disconnects', ({ guild, bot }) => guild.owner.disconnect(bot.userId)],
  ['drags', ({ guild, bot, hall }) => guild.owner.drag(bot.userId, hall)],
])(
  // Only the gateway could say what its 4014 means, and a recording cannot be repeated; so people are told once more.
  'a moderator %s the bot while the application is dead: it comes back to where people know, lost is what was said until then',
  async (_, fault) => {
    const { call, said } = await talking(100);
    call.app.die();
    const fromUs = call.clock.nowUs();
    fault(call);
    await until(() => call.status()?.state === 'reconnecting', 'the loss is noticed');
    await call.play(1_500_000);
    await said;
    await call.app.start();
    await call.wait(5_000_000, () => call.status()?.state === 'recording');
    expect(call.status()).toMatchObject({ state: 'recording', channelId: call.stage.id });
    expect(call.stage.present()).toContain(call.bot.userId);
    const again = call.guild.owner.speak(speech(50, 2));
    await call.play(1_500_000);
    await again;
    await call.stop();
    const outcome = await compare(call);
    expect(outcome.lost).toEqual(outcome.unheard);
    expect(outcome.lost).toHaveLength(49);
    expectOneHole(outcome, call, 'reconnect', fromUs);
    expect(call.find('warning').map(({ code }) => code)).toEqual(['returned']);
  },
);
